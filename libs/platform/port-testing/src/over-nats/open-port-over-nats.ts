import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemorySecretStore } from '@kilomega/config'
import {
  bind,
  type Binding,
  EventStream,
  hearingsOf,
  implement,
  type Implementation,
  ledgerMigrations,
  NatsLink,
  subscriberName,
} from '@kilomega/messaging'
import { type AnyPort, port } from '@kilomega/ports'
import { loadApp, openApp } from '@kilomega/process'
import { migrateQueue } from '@kilomega/queue'
import { openDatabase } from '@kilomega/testing'
import { Module } from '@nestjs/common'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { type OpenedPort, openedPort, type PortOptions } from '../open-port.js'
import { testSchemas } from '../test-schemas.js'
import { HostProcess } from './host-process.js'
import { openNatsForPorts } from './nats-for-ports.js'

/**
 * Opens a module in its own process, which answers its port over a real NATS server, hears events and does jobs there. This process has a client
 * of the port and, on the same database, a second copy of the module that gets no calls, events or jobs: `get` returns objects of that copy.
 */
export async function openPortOverNats<P extends AnyPort>(implementation: Implementation<P>, options: PortOptions = {}): Promise<OpenedPort<P>> {
  const { others = [], environment = {}, clock, secrets = new MemorySecretStore() } = options
  const database = await openDatabase({ modules: testSchemas(implementation, others), platform: ledgerMigrations })
  await migrateQueue(database.url)
  await options.prepare?.(database)
  const wire = await openNatsForPorts(bindingsOf(implementation, others))
  const folder = await mkdtemp(join(tmpdir(), 'kilomega-port-'))
  const settings = { LOG_LEVEL: 'silent', ...environment, DATABASE_URL: database.url }
  const hostEnvironment = { ...settings, ...wire.environmentOf('host') }
  const names = others.map((other) => other.port.portName)
  const hostOptions = {
    module: implementation.name,
    others: names,
    environment: hostEnvironment,
    secrets: secrets.all(),
    now: clock?.now().toISOString(),
  }
  const caller = await openCaller(implementation, options, { ...settings, ...wire.environmentOf('caller') })
  const observer = await openObserver(implementation, options, settings)
  const host = await HostProcess.start(hostOptions, folder)
  const close = async (): Promise<void> => {
    await host.stop()
    await Promise.all([caller.close(), observer.close()])
    await wire.nats.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
  return openedPort(implementation.port, { caller, inside: observer, database, close })
}

/** Stand-ins for the modules whose events are heard, through which a test emits those events. */
const emittersOf = ({ name, hears }: Implementation, answered: readonly string[]): Binding[] => {
  const modules = new Set(hears.flatMap(hearingsOf).map(({ event }) => event.module))
  for (const known of [name, ...answered]) modules.delete(known)
  return [...modules].map((module) => {
    const emitter = port(module, {})
    return bind(emitter, async () => ({ implementation: implement(emitter, { module: class Emitter {}, service: class Service {} as never }) }))
  })
}

async function openCaller(implementation: Implementation, { others = [] }: PortOptions, environment: Record<string, string>) {
  const standIns = others.map(({ port, implementation }) => bind(port, async () => ({ implementation })))
  const emitters = emittersOf(
    implementation,
    others.map(({ port }) => port.portName),
  )
  @Module({ imports: [bind(implementation.port), ...standIns, ...emitters, ...dummyPort(standIns, emitters)] })
  class CallerApp {}

  const app = await open(CallerApp, environment, {})
  app.get(EventStream).own()
  await new Promise<void>((resolve) => app.get(NatsLink).whenOpen((connection) => void connection.flush().then(resolve)))
  return app
}

/** A process has to answer at least one port itself, so this adds one if there is none. */
function dummyPort(...bindings: Binding[][]): Binding[] {
  if (bindings.flat().length > 0) return []
  const nothing = port('nothing', {})
  return [bind(nothing, async () => ({ implementation: implement(nothing, { module: class Idle {}, service: class Service {} as never }) }))]
}

async function openObserver(implementation: Implementation, { others = [], clock }: PortOptions, settings: Record<string, string>) {
  const passive: Implementation = { ...implementation, hears: [], jobs: [] }
  @Module({ imports: [bind(implementation.port, async () => ({ implementation: passive })), ...others.map(({ module }) => module)] })
  class ObserverApp {}
  return open(ObserverApp, { ...settings, QUEUE_WORKERS: 'off' }, { ...(clock && { clock }) })
}

async function open(
  app: Parameters<typeof loadApp>[0],
  environment: Record<string, string>,
  replacements: Parameters<typeof openApp>[1],
): Promise<NestFastifyApplication> {
  return openApp(await loadApp(app, { stage: 'test', environment, secrets: new MemorySecretStore() }), replacements)
}

function bindingsOf({ name, hears }: Implementation, others: NonNullable<PortOptions['others']>) {
  const heard = hears.flatMap(hearingsOf).map((hearing) => ({ subscriber: subscriberName(name, hearing), eventName: hearing.event.eventName }))
  const names = others.map(({ port }) => port.portName)
  const emitters = [...new Set([...names, ...heard.map(({ eventName }) => eventName.split('.')[0]!)])]
  return {
    caller: { answers: emitters.filter((emitter) => emitter !== name), asks: [name], hears: [], ownsStream: true },
    host: { answers: [name], asks: names, hears: heard, ownsStream: false },
  }
}

/** A process that has one module and answers its port over NATS, as the module's application does, with a clock and settings from a test. */
import { MemorySecretStore } from '@kilomega/config'
import { bind, NatsLink } from '@kilomega/messaging'
import { loadApp, openApp } from '@kilomega/process'
import { FakeClock } from '@kilomega/testing'
import { Module } from '@nestjs/common'
import { allPorts, moduleNamed } from '../named-modules.js'
import type { HostAnswer, HostOptions } from './host-messages.js'

const send = (answer: HostAnswer): void => void process.send!(answer)

process.once('disconnect', () => process.exit())
void host(JSON.parse(process.argv[2]!) as HostOptions).then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
)

async function host({ module, others, environment, secrets, now }: HostOptions): Promise<void> {
  const implementation = await moduleNamed(module)
  const called = (await allPorts()).filter(({ portName }) => others.includes(portName))

  @Module({ imports: [bind(implementation.port, async () => ({ implementation })), ...called.map((port) => bind(port))] })
  class HostApp {}

  const loaded = await loadApp(HostApp, { stage: 'test', environment, secrets: new MemorySecretStore(secrets) })
  const app = await openApp(loaded, now === undefined ? {} : { clock: new FakeClock(now) })
  process.once('SIGTERM', () => void app.close().then(() => process.exit()))
  await new Promise<void>((resolve) => app.get(NatsLink).whenOpen((connection) => void connection.flush().then(resolve)))
}

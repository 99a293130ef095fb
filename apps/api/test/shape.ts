import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { processEnvironment } from '@kilomega/config'
import { type BindingsReport, makeServiceKey, type NatsUser, natsAuthorization } from '@kilomega/messaging'
import { openNats, type TestNats } from '@kilomega/testing'
import { type AppName, AppProcess } from './app-process.js'

const run = promisify(execFile)

export type ServiceName = 'search' | 'media' | 'notifications'

/** Which modules run in their own processes, and in how many. */
export interface Shape {
  remote: readonly ServiceName[]
  instances: number
}

export const shapes = {
  inside: { remote: [], instances: 0 },
  'search-remote': { remote: ['search'], instances: 1 },
  'all-remote': { remote: ['search', 'media', 'notifications'], instances: 2 },
} as const satisfies Record<string, Shape>

/** The shape in which the suite runs: that of `KILOMEGA_TEST_SHAPE`, or all in one process. */
export function shapeAtHand(): Shape {
  const name = processEnvironment()['KILOMEGA_TEST_SHAPE'] ?? 'inside'
  if (!(name in shapes)) throw new Error(`KILOMEGA_TEST_SHAPE is one of ${Object.keys(shapes).join(', ')}`)
  return shapes[name as keyof typeof shapes]
}

const applications: readonly AppName[] = ['api', 'worker', 'search', 'media', 'notifications']
/** Eight processes on one database of 200 connections. */
const fewConnections = { DATABASE_POOL_SIZE: '6', QUEUE_POOL_SIZE: '3' }

/** The parts of a shape besides the API: NATS, with a key and permissions for each application, and the services. */
export class Services {
  readonly processes: AppProcess[] = []

  private constructor(
    readonly nats: TestNats,
    private readonly users: (NatsUser & { seed: string })[],
    private readonly folder: string,
    private readonly settings: Record<string, string>,
  ) {}

  /** NATS is running; nothing else has started. */
  static async open(folder: string, settings: Record<string, string>): Promise<Services> {
    const users = await Promise.all(applications.map(userOf))
    const nats = await openNats({ configuration: natsAuthorization(users) })
    return new Services(nats, users, folder, settings)
  }

  /** The settings with which an application reaches NATS, and the ports that it leaves to others. */
  environmentOf(app: AppName, remote: readonly ServiceName[] = []): Record<string, string> {
    return {
      ...fewConnections,
      ...this.settings,
      NATS_URL: this.nats.url,
      NATS_SEED: this.users.find(({ name }) => name === app)!.seed,
      NATS_TRUSTED_KEYS: this.users.map(({ publicKey }) => publicKey).join(),
      ...(remote.length > 0 && { REMOTE_PORTS: remote.join() }),
    }
  }

  async start(app: ServiceName): Promise<AppProcess> {
    const started = await AppProcess.start(app, this.folder, this.environmentOf(app))
    this.processes.push(started)
    return started
  }

  /** Stops one in order; returns its exit code. */
  async stop(service: AppProcess): Promise<number> {
    this.processes.splice(this.processes.indexOf(service), 1)
    return service.stop()
  }

  async startAll({ remote, instances }: Shape): Promise<void> {
    for (const app of remote) await Promise.all(Array.from({ length: instances }, () => this.start(app)))
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.kill()))
    await this.nats.close()
  }
}

/** A new key, and the application's permissions on NATS. */
export async function userOf(name: AppName): Promise<NatsUser & { seed: string }> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, '../..', name, 'dist/main.js'), '--bindings'])
  const { seed, publicKey } = makeServiceKey()
  return { name, publicKey, seed: seed.reveal(), bindings: JSON.parse(stdout) as BindingsReport }
}

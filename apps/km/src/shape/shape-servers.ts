import type { Environment } from '@kilomega/config'
import { EmbeddedPostgres } from '@kilomega/database'
import { canInstall, findServer, installServer, missing, NatsServer, type ServerPlace } from '@kilomega/servers'
import { keysFolder, natsFolder, postgresFolder } from '../start/paths.js'
import { removePidFile, writePidFile } from '../start/pid-file.js'
import type { Screen } from '../start/screen.js'
import { type NatsConfiguration, natsConfigurationOf, writeNatsFiles } from './nats-configuration.js'
import { givenKeysIn, keysIn } from './nats-keys.js'
import type { Profile } from './profile.js'

export interface ServerOptions {
  databasePort: number
  natsPort: number
  /** Installs what is missing, where that can be done. */
  install?: boolean
}

/** A server of ours that runs. */
export interface RunningServer {
  name: 'postgres' | 'nats'
  port: number
  pid: number
  isRunning(): boolean
}

/** The servers of a shape: those whose addresses the environment gives are used as they are, the others are started on this machine. */
export class ShapeServers {
  private postgres: EmbeddedPostgres | undefined
  private nats: NatsServer | undefined
  private natsPlace: ServerPlace | undefined

  constructor(
    private readonly profile: Profile,
    private readonly options: ServerOptions,
    private readonly environment: Environment,
    private readonly screen: Screen,
  ) {}

  /** Fails, before anything has started, with the command that installs what is missing. */
  async find(): Promise<void> {
    if (!this.needsNats() || this.environment['NATS_URL']) return
    let place = await findServer('nats-server', this.environment)
    if (place.place === 'nowhere' && this.options.install) {
      await installServer('nats-server', { say: (line) => this.screen.line(line), environment: this.environment })
      place = await findServer('nats-server', this.environment)
    }
    if (place.place === 'nowhere') throw missing('nats-server', place.install + this.otherWays())
    this.natsPlace = place
  }

  /** Gives the connection string. */
  async startPostgres(): Promise<string> {
    const given = this.environment['DATABASE_URL']
    if (given) return given
    this.postgres = await this.screen.during(
      'Starting PostgreSQL',
      EmbeddedPostgres.start({ folder: postgresFolder, port: this.options.databasePort }),
    )
    writePidFile('postgres', this.postgres.pid)
    return this.postgres.url.reveal()
  }

  /** Who may do what on NATS; makes the keys that are missing. Nothing in a shape without it. */
  async natsConfiguration(): Promise<NatsConfiguration | undefined> {
    if (!this.needsNats()) return undefined
    const configuration = await natsConfigurationOf(this.environment['NATS_URL'] ? givenKeysIn(keysFolder) : keysIn(keysFolder))
    writeNatsFiles(keysFolder, configuration)
    return configuration
  }

  /** Gives the address. */
  async startNats({ text }: NatsConfiguration): Promise<string> {
    const given = this.environment['NATS_URL']
    if (given) return given
    const start = { folder: natsFolder, port: this.options.natsPort, configuration: text, ...(this.natsPlace && { place: this.natsPlace }) }
    this.nats = await this.screen.during('Starting NATS', NatsServer.start(start))
    writePidFile('nats', this.nats.pid)
    return this.nats.url
  }

  get hasOwnPostgres(): boolean {
    return this.postgres !== undefined
  }

  running(): RunningServer[] {
    const servers = [
      { name: 'postgres' as const, server: this.postgres },
      { name: 'nats' as const, server: this.nats },
    ]
    return servers.flatMap(({ name, server }) =>
      server === undefined ? [] : [{ name, port: server.port, pid: server.pid, isRunning: () => server.isRunning() }],
    )
  }

  async stop(): Promise<void> {
    if (this.nats) await this.screen.during('Stopping NATS', stopped('nats', this.nats))
    if (this.postgres) await this.screen.during('Stopping PostgreSQL', stopped('postgres', this.postgres))
  }

  private otherWays(): string {
    return `${canInstall(this.environment) ? ', or let --install do it' : ''}; NATS_URL names one of your own instead`
  }

  private needsNats(): boolean {
    return this.profile.servers.includes('nats')
  }
}

async function stopped(name: RunningServer['name'], server: { stop(): Promise<void> }): Promise<void> {
  await server.stop()
  removePidFile(name)
}

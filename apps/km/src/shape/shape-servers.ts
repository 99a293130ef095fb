import type { Environment } from '@kilomega/config'
import { canInstall, findServer, installServer, missing, NatsServer, RedisServer, type ServerPlace } from '@kilomega/servers'
import { LocalDatabase } from '../start/local-database.js'
import { keysFolder, natsFolder, redisFolder } from '../start/paths.js'
import type { Screen } from '../start/screen.js'
import { usualPort } from '../start/usual-port.js'
import { SupervisedServer, type SupervisedServerOptions } from './supervised-server.js'
import { type NatsConfiguration, natsConfigurationOf, writeNatsFiles } from './nats-configuration.js'
import { givenKeysIn, keysIn } from './nats-keys.js'
import type { Profile } from './profile.js'
import type { DatabasePlace } from './shape-environment.js'

export interface ServerOptions {
  /** By default the usual port of each server, or any free one. */
  databasePort?: number
  natsPort?: number
  redisPort?: number
  /** Installs a missing server where that is possible. */
  install?: boolean
}

/** Servers that are programs on this machine: the name of each program, and the variable that points to a server of the caller's instead. */
const programs = {
  nats: { program: 'nats-server', variable: 'NATS_URL' },
  redis: { program: 'redis-server', variable: 'QUEUE_REDIS_URL' },
} as const
type ProgramName = keyof typeof programs

/** A server that we have started. */
export interface RunningServer {
  name: string
  port: number
  pid: number
  isRunning(): boolean
}

/** The servers of a shape: those whose addresses the environment gives are used as they are, the others are started on this machine. */
export class ShapeServers {
  /** Undefined if the caller gives a database. */
  database: LocalDatabase | undefined
  private nats: SupervisedServer | undefined
  private redis: SupervisedServer | undefined
  private readonly places = new Map<ProgramName, ServerPlace>()

  constructor(
    private readonly profile: Profile,
    private readonly options: ServerOptions,
    private readonly environment: Environment,
    private readonly screen: Screen,
  ) {}

  /** Before anything has started: fails with the command that installs what is missing. */
  async find(): Promise<void> {
    for (const name of ['nats', 'redis'] as const) if (this.has(name) && !this.given(name)) this.places.set(name, await this.placeOf(name))
  }

  /** Returns where it is; the addresses change when another server becomes the primary. */
  async startPostgres(): Promise<DatabasePlace> {
    const { DATABASE_URL: url, DATABASE_REPLICAS: replicas = '' } = this.environment
    if (url) return { url, replicas }
    const database = new LocalDatabase(this.screen, this.screen.error)
    await database.start(this.options.databasePort)
    this.database = database
    await database.startReplicas(this.profile.replicas)
    return database
  }

  /** The permissions on NATS; creates missing keys. Undefined in a shape without NATS. */
  async natsConfiguration(): Promise<NatsConfiguration | undefined> {
    if (!this.has('nats')) return undefined
    const configuration = await natsConfigurationOf(this.given('nats') ? givenKeysIn(keysFolder) : keysIn(keysFolder))
    writeNatsFiles(keysFolder, configuration)
    return configuration
  }

  /** Returns the address. */
  async startNats({ text }: NatsConfiguration): Promise<string> {
    const given = this.given('nats')
    if (given) return given
    const where = { folder: natsFolder, configuration: text, place: this.places.get('nats')! }
    const port = await usualPort(this.options.natsPort, 14_222)
    this.nats = await this.startSupervised({ name: 'nats', label: 'NATS', port, start: (port) => NatsServer.start({ ...where, port }) })
    return this.nats.url
  }

  /** Returns the address of the queue's Redis; undefined in a shape without it. */
  async startRedis(): Promise<string | undefined> {
    if (!this.has('redis')) return undefined
    const given = this.given('redis')
    if (given) return given
    const where = { folder: redisFolder, place: this.places.get('redis')! }
    const port = await usualPort(this.options.redisPort, 16_379)
    this.redis = await this.startSupervised({ name: 'redis', label: 'Redis', port, start: (port) => RedisServer.start({ ...where, port }) })
    return this.redis.url
  }

  running(): RunningServer[] {
    const programs = [this.nats, this.redis].flatMap((server) => (server === undefined ? [] : [[server.name, server] as const]))
    const databases = [...(this.database?.servers ?? [])].sort(([a], [b]) => a.localeCompare(b))
    const all = [...databases, ...programs]
    return all.map(([name, server]) => ({ name, port: server.port, pid: server.pid, isRunning: () => server.isRunning() }))
  }

  async stop(): Promise<void> {
    if (this.nats) await this.screen.during('Stopping NATS', this.nats.stop())
    if (this.redis) await this.screen.during('Stopping Redis', this.redis.stop())
    if (this.database) await this.screen.during('Stopping PostgreSQL', this.database.stop())
  }

  private startSupervised(options: Omit<SupervisedServerOptions<NatsServer | RedisServer>, 'say'>): Promise<SupervisedServer> {
    return this.screen.during(`Starting ${options.label}`, SupervisedServer.start({ ...options, say: this.screen.error }))
  }

  /** Installs the program first, if it is missing and the caller asked for that. */
  private async placeOf(name: ProgramName): Promise<ServerPlace> {
    const { program, variable } = programs[name]
    let place = await findServer(program, this.environment)
    if (place.place === 'nowhere' && this.options.install) {
      await installServer(program, { say: (line) => this.screen.line(line), environment: this.environment })
      place = await findServer(program, this.environment)
    }
    if (place.place !== 'nowhere') return place
    const letInstall = canInstall(this.environment) ? ', or let --install do it' : ''
    throw missing(program, `${place.install}${letInstall}; ${variable} names one of your own instead`)
  }

  private given(name: ProgramName): string | undefined {
    return this.environment[programs[name].variable] || undefined
  }

  private has(name: ProgramName): boolean {
    return this.profile.servers.includes(name)
  }
}

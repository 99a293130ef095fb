import { type Environment, processEnvironment } from '@kilomega/config'
import { checkPort } from '../start/check-port.js'
import { FolderClaim } from '../start/folder-claim.js'
import { migrateWhenNeeded } from '../start/migrate.js'
import type { Screen } from '../start/screen.js'
import type { StopRequest } from '../start/stop-request.js'
import { checkConnections } from './connection-budget.js'
import type { NatsConfiguration } from './nats-configuration.js'
import { type PlannedProcess, planOf } from './plan.js'
import { type Profile, readProfile } from './profile.js'
import { environmentOf, portBaseOf, refuseContradictions, type Surroundings } from './shape-environment.js'
import { internalUrlOf, ShapeProcesses } from './shape-processes.js'
import { removeShapeRecord, writeShapeRecord } from './shape-record.js'
import { type ServerOptions, ShapeServers } from './shape-servers.js'

export interface ShapeOptions extends ServerOptions {
  instances?: number
  portBase?: number
}

/** A tier on this machine: starts the servers, the database, then all processes at once; stops them in the opposite order. */
export class ShapeLaunch {
  private readonly caller: Environment = processEnvironment()
  private readonly claim = new FolderClaim()
  private readonly profile: Profile
  private readonly planned: PlannedProcess[]
  /** The process that serves the routes. */
  private readonly api: PlannedProcess
  readonly servers: ShapeServers
  readonly processes: ShapeProcesses

  constructor(
    readonly tier: string,
    options: ShapeOptions,
    private readonly screen: Screen,
    private readonly stopRequest: StopRequest,
  ) {
    this.profile = readProfile(tier)
    refuseContradictions(this.profile, this.caller)
    this.planned = planOf(this.profile, { ...options, portBase: portBaseOf(options.portBase, this.caller) })
    this.api = this.planned.find(({ publicPort }) => publicPort !== undefined)!
    this.servers = new ShapeServers(this.profile, options, this.caller, screen)
    this.processes = new ShapeProcesses(screen)
    stopRequest.onForce(() => {
      this.processes.kill()
      process.exit(1)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.api.publicPort}`
  }

  get internalUrl(): string {
    return internalUrlOf(this.api)
  }

  async up(): Promise<void> {
    await this.claim.take(this.screen)
    await this.servers.find()
    await this.checkPorts()
    const surroundings = await this.openServers()
    await migrateWhenNeeded(environmentOf(this.api, surroundings), this.servers.database !== undefined, (work) =>
      this.screen.during('Migrating the database', this.stopRequest.during(work)),
    )
    this.record()
    this.processes.start(this.planned, (planned) => environmentOf(planned, surroundings))
    await this.screen.during(`Starting ${countText(this.planned.length)}`, this.stopRequest.during(this.processes.ready()))
    await checkConnections(surroundings.database.url, this.processes.connections())
  }

  async down(): Promise<void> {
    await this.processes.stop()
    await this.servers.stop()
    if (this.claim.isTaken) removeShapeRecord()
    this.claim.release()
  }

  private async checkPorts(): Promise<void> {
    const ports = this.planned.flatMap(({ publicPort = [], internalPort }) => [publicPort, internalPort].flat())
    for (const port of ports) await checkPort(port, () => `npx km up ${this.tier} --port-base ${ports[0]! + 100}`)
  }

  private async openServers(): Promise<Surroundings> {
    // Takes seconds, so it runs while PostgreSQL starts.
    const configuration = this.stopRequest.during(this.servers.natsConfiguration())
    configuration.catch(() => undefined)
    const database = await this.servers.startPostgres()
    const redisUrl = await this.servers.startRedis()
    return { caller: this.caller, database, url: this.url, nats: await this.openNats(configuration), redisUrl }
  }

  private async openNats(reading: Promise<NatsConfiguration | undefined>): Promise<Surroundings['nats']> {
    if (!this.profile.servers.includes('nats')) return undefined
    const configuration = (await this.screen.during('Reading what each application does on NATS', reading))!
    const { keys, trustedKeys } = configuration
    return {
      url: await this.servers.startNats(configuration),
      trustedKeys,
      seedFileOf: (app) => keys.find(({ name }) => name === app)!.seedFile,
    }
  }

  /** From here on the other commands find what runs here. */
  record(): void {
    const processes = this.planned.map((planned) => ({ name: planned.name, internalUrl: internalUrlOf(planned) }))
    const servers = this.servers.running().map(({ name, port }) => ({ name, port }))
    writeShapeRecord({ tier: this.tier, url: this.url, internalUrl: this.internalUrl, servers, processes })
  }
}

const countText = (processes: number): string => (processes === 1 ? 'one process' : `${processes} processes, all at once`)

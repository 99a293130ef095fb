import { join } from 'node:path'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { type Environment, processEnvironment } from '@kilomega/config'
import { EmbeddedPostgres } from '@kilomega/database'
import { Failure } from '../failure.js'
import { removeShapeRecord, writeShapeRecord } from '../shape/shape-record.js'
import { AppProcess } from './app-process.js'
import { checkPort, portIn } from './check-port.js'
import { FolderClaim } from './folder-claim.js'
import { LocalDatabase } from './local-database.js'
import { migrateWhenNeeded } from './migrate.js'
import { dataFolder, isPostgres, postgresFolder } from './paths.js'
import { ProcessLog } from './process-log.js'
import type { Screen } from './screen.js'
import type { StopRequest } from './stop-request.js'

export interface LaunchOptions {
  /** Deletes all data first. */
  reset: boolean
  /** By default the usual one, or any free one. */
  databasePort?: number
}

/** The whole 1k tier on this machine: started part by part, stopped in the opposite order. */
export class Launch {
  private database: LocalDatabase | undefined
  private giveUp: (failure: Failure) => void = () => undefined
  private readonly givenUp = new Promise<never>((_, reject) => (this.giveUp = reject))
  private api: AppProcess | undefined
  private readonly claim = new FolderClaim()
  private readonly environment: Environment = processEnvironment()
  /** The ports of the API unless variables set others. */
  private readonly ports = { public: portIn(this.environment, 'HTTP_PORT', 3_000), internal: portIn(this.environment, 'HTTP_INTERNAL_PORT', 3_001) }
  readonly url = `http://127.0.0.1:${this.ports.public}`
  readonly internalUrl = `http://127.0.0.1:${this.ports.internal}`

  constructor(
    private readonly options: LaunchOptions,
    private readonly screen: Screen,
    private readonly stopRequest: StopRequest,
  ) {
    this.givenUp.catch(() => undefined)
    stopRequest.onForce(() => {
      this.api?.kill()
      process.exit(1)
    })
  }

  async up(): Promise<void> {
    await this.claim.take(this.screen, async () => this.deleteDataWhenAsked())
    await this.checkPorts()
    const environment = {
      NODE_ENV: 'development',
      LOG_FORMAT: 'json',
      HTTP_PUBLIC_URL: this.url,
      ...this.environment,
      DATABASE_URL: await this.databaseUrl(),
    }
    await migrateWhenNeeded(environment, this.database !== undefined, (work) =>
      this.screen.during('Migrating the database', this.stopRequest.during(work)),
    )
    this.record()
    const log = new ProcessLog(join(dataFolder, 'logs/api.log'), { show: this.screen.error })
    this.api = new AppProcess({ name: 'api', app: 'api', label: 'The API', url: this.url }, environment, log)
    await this.screen.during('Starting the API', this.stopRequest.during(this.api.ready()))
  }

  /** Resolves when a stop is requested; fails if the API has died, or PostgreSQL for good. */
  async untilStopped(): Promise<void> {
    await Promise.race([this.stopRequest.requested, this.api?.crashed(), this.givenUp])
  }

  async down(): Promise<void> {
    if (this.api?.isRunning()) await this.screen.during('Stopping the API', this.api.stop())
    if (this.database) await this.screen.during('Stopping PostgreSQL', this.database.stop())
    if (this.claim.isTaken) removeShapeRecord()
    this.claim.release()
  }

  /** From here on the other commands find what runs here. */
  private record(): void {
    const servers = this.database === undefined ? [] : [{ name: this.database.primaryName, port: this.database.primary.port }]
    const { url, internalUrl } = this
    writeShapeRecord({ tier: '1k', url, internalUrl, servers, processes: [{ name: 'api', internalUrl }] })
  }

  private async deleteDataWhenAsked(): Promise<void> {
    if (this.options.reset) await this.screen.during('Deleting all data', this.deleteData())
  }

  private async deleteData(): Promise<void> {
    if (!existsSync(dataFolder)) return
    for (const name of readdirSync(dataFolder).filter(isPostgres)) await EmbeddedPostgres.remove(postgresFolder(name))
    rmSync(dataFolder, { recursive: true, force: true })
  }

  private async checkPorts(): Promise<void> {
    const instead = (variable: string) => (port: number) => `${variable}=${port + 10} npm start`
    await checkPort(this.ports.public, instead('HTTP_PORT'))
    await checkPort(this.ports.internal, instead('HTTP_INTERNAL_PORT'))
  }

  /** A database given by the caller is used as it is; without one, PostgreSQL is started here. */
  private async databaseUrl(): Promise<string> {
    const given = this.environment['DATABASE_URL']
    if (given) return given
    const database = new LocalDatabase(this.screen, (reason) => this.giveUp(new Failure(reason)))
    await database.start(this.options.databasePort)
    this.database = database
    return database.url
  }
}

import { join } from 'node:path'
import { mkdirSync, rmSync } from 'node:fs'
import { type Environment, processEnvironment } from '@kilomega/config'
import { EmbeddedPostgres } from '@kilomega/database'
import { Failure } from '../failure.js'
import { ApiLog } from './api-log.js'
import { ApiProcess } from './api-process.js'
import { checkPort } from './check-port.js'
import { endProcess } from './end-process.js'
import { migrate } from './migrate.js'
import { MigrationStamp } from './migration-stamp.js'
import { dataFolder } from './paths.js'
import { readPidFile, removePidFile, writePidFile } from './pid-file.js'
import type { Screen } from './screen.js'
import type { StopRequest } from './stop-request.js'

export interface LaunchOptions {
  /** Deletes all data first. */
  reset: boolean
  databasePort: number
}

const postgresFolder = join(dataFolder, 'postgres')
/** It has lost its log with its launcher, and nothing that it has answered for can be lost. */
const orphanPatienceMs = 2_000

/** The whole of the 1k tier on this machine: brought up part by part, taken down in the opposite order. */
export class Launch {
  private postgres: EmbeddedPostgres | undefined
  private api: ApiProcess | undefined
  private folderTaken = false
  private readonly environment: Environment = processEnvironment()
  readonly url = `http://127.0.0.1:${portOf(this.environment, 'HTTP_PORT')}`
  readonly internalUrl = `http://127.0.0.1:${portOf(this.environment, 'HTTP_INTERNAL_PORT')}`

  constructor(
    private readonly options: LaunchOptions,
    private readonly screen: Screen,
    private readonly stopRequest: StopRequest,
  ) {
    stopRequest.onForce(() => {
      this.api?.kill()
      process.exit(1)
    })
  }

  async up(): Promise<void> {
    await this.takeFolder()
    await checkPort(portOf(this.environment, 'HTTP_PORT'), 'HTTP_PORT')
    await checkPort(portOf(this.environment, 'HTTP_INTERNAL_PORT'), 'HTTP_INTERNAL_PORT')
    const environment = {
      NODE_ENV: 'development',
      LOG_FORMAT: 'json',
      HTTP_PUBLIC_URL: this.url,
      ...this.environment,
      DATABASE_URL: await this.databaseUrl(),
    }
    await this.migrate(environment)
    this.api = new ApiProcess(environment, new ApiLog(join(dataFolder, 'logs/api.log'), this.screen.error), this.url)
    await this.screen.during('Starting the API', this.stopRequest.during(this.api.ready()))
  }

  /** Resolves when a stop is asked for; fails when the API has died. */
  async untilStopped(): Promise<void> {
    await Promise.race([this.stopRequest.requested, this.api?.crashed()])
  }

  async down(): Promise<void> {
    if (this.api?.isRunning()) await this.screen.during('Stopping the API', this.api.stop())
    if (this.postgres) await this.screen.during('Stopping PostgreSQL', this.postgres.stop())
    if (this.folderTaken) removePidFile('launcher')
  }

  /** One launcher for each folder; what a killed one left running is ended. */
  private async takeFolder(): Promise<void> {
    const other = readPidFile('launcher')
    if (other) throw new Failure(`Kilomega runs in this folder already (process ${other.pid}): stop it there with Ctrl-C, or with kill ${other.pid}`)
    const orphan = readPidFile('api')
    if (orphan) await this.screen.during('Ending an API that a killed launcher left behind', endProcess(orphan.pid, orphanPatienceMs))
    if (this.options.reset) await this.screen.during('Deleting all data', this.deleteData())
    mkdirSync(dataFolder, { recursive: true })
    writePidFile('launcher', process.pid)
    this.folderTaken = true
  }

  private async deleteData(): Promise<void> {
    await EmbeddedPostgres.remove(postgresFolder)
    rmSync(dataFolder, { recursive: true, force: true })
  }

  private async migrate(environment: Environment): Promise<void> {
    const stamp = this.postgres && new MigrationStamp(postgresFolder)
    if (stamp?.isCurrent()) return
    await this.screen.during('Migrating the database', this.stopRequest.during(migrate(environment)))
    stamp?.set()
  }

  /** A database of one's own is used as it is; without one, PostgreSQL is started here. */
  private async databaseUrl(): Promise<string> {
    const given = this.environment['DATABASE_URL']
    if (given) return given
    const starting = EmbeddedPostgres.start({ folder: postgresFolder, port: this.options.databasePort })
    this.postgres = await this.screen.during('Starting PostgreSQL', starting)
    return this.postgres.url.reveal()
  }
}

/** What the API listens on unless told otherwise. */
const defaultPorts = { HTTP_PORT: 3_000, HTTP_INTERNAL_PORT: 3_001 }

function portOf(environment: Environment, variable: keyof typeof defaultPorts): number {
  const port = Number(environment[variable] || defaultPorts[variable])
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Failure(`${variable}: ${environment[variable]} is not a port; use 1 to 65535`)
  return port
}

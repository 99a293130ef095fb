import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, HttpBalancer, openDatabase, type TestDatabase } from '@kilomega/testing'
import { AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import { type ServiceName, Services } from '../shape.js'
import { byForm } from './full-form.js'

export interface FleetOptions {
  /** The number of API instances; 2 by default. */
  apis?: number
  /** The ports that services answer over NATS. */
  remote?: readonly ServiceName[]
  /** The number of instances of each service; 2 by default. */
  instances?: number
  settings?: Record<string, string>
}

/** In milliseconds. The balancer checks every 50 ms whether an instance is ready, so it has noticed long before the instance closes its port. */
const preStopMs = byForm('500', '2000')

/** Several instances of the API behind a balancer, over one database, with NATS and the services that a test needs. */
export class Fleet {
  /** All running instances and those that a test has killed. */
  readonly apis: AppProcess[] = []

  private constructor(
    readonly database: TestDatabase,
    readonly folder: string,
    readonly services: Services,
    readonly balancer: HttpBalancer,
  ) {}

  static async open({ apis = 2, remote = [], instances = 2, settings = {} }: FleetOptions = {}): Promise<Fleet> {
    const database = await openDatabase({ schema: 'test', migrations: [] })
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-fleet-'))
    const all = { HTTP_PRE_STOP_MS: preStopMs, ...settings, DATABASE_URL: database.url }
    await migrate(folder, all)
    const fleet = new Fleet(database, folder, await Services.open(folder, all), await HttpBalancer.open())
    try {
      await fleet.services.startAll({ remote, instances })
      // One after the other: the first creates the secrets that all of them share.
      for (let api = 0; api < apis; api += 1) await fleet.startApi(remote)
    } catch (error) {
      await fleet.close()
      throw error
    }
    return fleet
  }

  get url(): string {
    return this.balancer.url
  }

  get processes(): AppProcess[] {
    return [...this.apis, ...this.services.processes]
  }

  /** Starts one more instance. Resolves when the balancer sends it requests. */
  async startApi(remote: readonly ServiceName[] = []): Promise<AppProcess> {
    const api = await AppProcess.start('api', this.folder, this.services.environmentOf('api', remote))
    this.apis.push(api)
    this.balancer.add({ url: api.publicUrl, readyUrl: new URL('/health/ready', api.publicUrl).href })
    await eventually(() => this.balancer.ready().includes(api.publicUrl), 30_000)
    return api
  }

  /** Stops an instance in order, as a deployment does; returns its exit code. */
  async stopApi(api: AppProcess): Promise<number> {
    const code = await api.stop()
    this.balancer.remove(api.publicUrl)
    this.apis.splice(this.apis.indexOf(api), 1)
    return code
  }

  /** Restarts all instances, one after the other; returns their exit codes. */
  async rollApis(remote: readonly ServiceName[] = []): Promise<number[]> {
    const codes: number[] = []
    for (const api of [...this.apis]) {
      codes.push(await this.stopApi(api))
      await this.startApi(remote)
    }
    return codes
  }

  /** The same for the instances of the services. */
  async rollServices(): Promise<number[]> {
    const codes: number[] = []
    for (const service of [...this.services.processes]) {
      codes.push(await this.services.stop(service))
      await this.services.start(service.app as ServiceName)
    }
    return codes
  }

  /** The bearer token of the operator, who is an admin. */
  operatorToken(): Promise<string> {
    return readFile(join(this.folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
  }

  /** A statement over any schema: a test may look where modules may not. */
  rows<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.database.database.read((queryable) => queryable.query<Row>(sql, parameters))
  }

  async count(sql: string, parameters: unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ count: number }>(sql, parameters)
    return row!.count
  }

  /** Resolves when no event for search is pending any more. */
  async delivered(): Promise<void> {
    const pending = 'SELECT count(*) FROM content.delivery'
    await eventually(async () => (await this.count(pending)) === 0, 30_000)
  }

  async close(): Promise<void> {
    await this.balancer.close()
    await Promise.all(this.apis.map((api) => api.kill()))
    await this.services.close()
    await this.database.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

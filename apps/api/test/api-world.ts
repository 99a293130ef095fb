import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { AppProcess } from './app-process.js'
import { migrate } from './migrate.js'
import { Services, type Shape, shapeAtHand } from './shape.js'

const requestTimeoutMs = 20_000

export interface Sent {
  status: number
  headers: Headers
  body: unknown
}

/** The API as a process, with its own database and folder, which survive when it is killed; with it run the services of the current shape. */
export class ApiWorld {
  private constructor(
    readonly database: TestDatabase,
    readonly folder: string,
    private readonly environment: Record<string, string>,
    readonly services: Services | undefined,
    private api: AppProcess,
  ) {}

  /** A migrated, empty world with the API running. `environment` adds to the development settings. */
  static async open(environment: Record<string, string> = {}, shape: Shape = shapeAtHand()): Promise<ApiWorld> {
    const database = await openDatabase({ schema: 'test', migrations: [] })
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-api-'))
    const settings = { ...environment, DATABASE_URL: database.url }
    await migrate(folder, settings)
    const services = shape.remote.length > 0 ? await Services.open(folder, settings) : undefined
    await services?.startAll(shape)
    const apiEnvironment = services === undefined ? settings : services.environmentOf('api', shape.remote)
    return new ApiWorld(database, folder, apiEnvironment, services, await AppProcess.start('api', folder, apiEnvironment))
  }

  /** SIGKILL, then a restart: on other ports, with the same database and folder. */
  async killAndRestart(): Promise<void> {
    await this.api.kill()
    this.api = await AppProcess.start('api', this.folder, this.environment)
  }

  get publicUrl(): string {
    return this.api.publicUrl
  }

  get pid(): number {
    return this.api.pid
  }

  /** What all processes have said so far, a line each. */
  get said(): string[] {
    return [this.api, ...(this.services?.processes ?? [])].flatMap(({ said }) => said)
  }

  /** The bearer token of the operator, who is an admin. */
  operatorToken(): Promise<string> {
    return readFile(join(this.folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
  }

  async send(method: string, path: string, request: { token?: string; body?: unknown; form?: FormData; internal?: boolean } = {}): Promise<Sent> {
    const { token, body, form, internal } = request
    const response = await fetch(new URL(path, internal ? this.api.internalUrl : this.api.publicUrl), {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(form && { body: form }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text }
  }

  /** Rows of a statement over any schema: a test may look where modules may not. */
  rows<Row extends object>(sql: string): Promise<Row[]> {
    return this.database.database.read((queryable) => queryable.query<Row>(sql))
  }

  async count(sql: string): Promise<number> {
    const [row] = await this.rows<{ count: number }>(sql)
    return row!.count
  }

  async close(): Promise<void> {
    await this.api.kill()
    await this.services?.close()
    await this.database.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

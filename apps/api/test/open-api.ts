import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemorySecretStore } from '@kilomega/config'
import { listenHttp, OpenApi, type OpenApiDocument, type Route, RouteTable } from '@kilomega/http'
import { loadApp, migrateLoaded, openApp } from '@kilomega/process'
import { eventually, openDatabase } from '@kilomega/testing'
import type { Type } from '@nestjs/common'
import { ApiModule } from '../src/api.module.js'
import { migrate } from './migrate.js'
import { PortCallLog } from './port-call-log.js'
import { Services, shapeAtHand } from './shape.js'

export interface TestRequest {
  method?: string
  path: string
  token?: string
  json?: unknown
  headers?: Record<string, string>
  body?: string | Uint8Array | FormData
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body, if it is some kind of JSON. */
  json: unknown
}

/** The whole API in this process, over its own database and folder, behind real sockets; with it run the services of the current shape. */
export interface OpenedApi {
  readonly url: string
  readonly internalUrl: string
  readonly document: OpenApiDocument
  /** The routes of the internal port. */
  readonly internalDocument: OpenApiDocument
  /** The routes of both ports, pages included. */
  readonly routes: readonly Route[]
  readonly databaseUrl: string
  readonly folder: string
  ask(request: TestRequest, url?: string): Promise<Answer>
  /** Registers, verifies with the captured mail, and signs in; returns the access token. */
  signUp(name: string): Promise<string>
  /** Port calls in this process for the request with that `X-Request-Id`, in order, as `<port>.<operation>`. */
  portCallsOf(requestId: string): readonly string[]
  /** All operations of ports that were called in this process, as `<port>.<operation>`. */
  portsCalled(): ReadonlySet<string>
  /** Something that a module of the application provides. */
  instance<T>(type: abstract new (...parameters: never[]) => T): T
  close(): Promise<void>
}

/** Signs in as the operator, who is an admin. */
export const operatorToken = 'operator-token-of-the-tests'

export async function openApi(settings: Record<string, string> = {}, application: Type = ApiModule): Promise<OpenedApi> {
  const database = await openDatabase({})
  const folder = await mkdtemp(join(tmpdir(), 'kilomega-api-'))
  const place = { DATABASE_URL: database.url, STORAGE_FOLDER: folder }
  const { services, remote } = await servicesAt(folder, place)
  const environment = {
    ...(services?.environmentOf('api', remote) ?? place),
    DATABASE_POOL_SIZE: '8',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    HTTP_INTERNAL_PORT: '0',
    IDENTITY_OPERATOR_TOKEN: operatorToken,
    LOG_LEVEL: 'error',
    ...settings,
  }
  const loaded = await loadApp(application, { environment, stage: 'test', secrets: new MemorySecretStore() })
  await migrateLoaded(loaded)
  const calls = new PortCallLog()
  const app = await openApp(loaded, { around: calls.around })
  const { public: url = '', internal: internalUrl } = await listenHttp(app)
  const close = async (): Promise<void> => {
    await app.close()
    await services?.close()
    await database.close()
    await rm(folder, { recursive: true })
  }
  const ask = (request: TestRequest, to = url) => answerTo(to, request)
  const signUp = (name: string) => signedUp(name, ask, internalUrl)
  return {
    url,
    internalUrl,
    document: app.get(OpenApi).document(),
    internalDocument: app.get(OpenApi).internalDocument(),
    routes: [...new Set([...app.get(RouteTable).routes('public'), ...app.get(RouteTable).routes('internal')])],
    databaseUrl: database.url,
    folder,
    ask,
    signUp,
    portCallsOf: (id) => calls.of(id),
    portsCalled: () => calls.all(),
    instance: (type) => app.get(type, { strict: false }),
    close,
  }
}

/** The database is migrated before the services start: migrations of remote modules would not run with those of local ones. */
async function servicesAt(folder: string, place: Record<string, string>) {
  const shape = shapeAtHand()
  if (shape.remote.length === 0) return { services: undefined, remote: shape.remote }
  await migrate(folder, place)
  const services = await Services.open(folder, place)
  await services.startAll(shape)
  return { services, remote: shape.remote }
}

async function answerTo(url: string, { method = 'GET', path, token, json, headers, body }: TestRequest): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...((json !== undefined || body !== undefined) && { body: json === undefined ? body : JSON.stringify(json) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined }
}

async function signedUp(name: string, ask: OpenedApi['ask'], internalUrl: string): Promise<string> {
  const [email, password] = [`${name}@example.org`, `the long password of ${name}`]
  await ask({ method: 'POST', path: '/v1/accounts', json: { email, password, name } })
  const token = await eventually(async () => {
    const { json } = await ask({ path: `/mail.json?to=${email}` }, internalUrl)
    return /token=([\w.~-]{20,200})/.exec((json as { items: { text: string }[] }).items[0]!.text)![1]!
  }, 20_000)
  await ask({ method: 'POST', path: '/v1/accounts/verifications', json: { token } })
  const { json } = await ask({ method: 'POST', path: '/v1/sessions', json: { email, password } })
  return (json as { accessToken: string }).accessToken
}

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { processEnvironment } from '@kilomega/config'
import { EmbeddedPostgres } from '@kilomega/database'
import { newSigner } from './access-token.js'

const run = promisify(execFile)
const api = join(import.meta.dirname, '../../../../apps/api/dist')

/** The environment of the API: a migrated database and production settings. */
export interface PlatformWorld {
  /** The API's own program. */
  apiScript: string
  /** The API's settings, as production requires them. */
  environment: Record<string, string>
  /** Bearer token of a user. */
  userToken: string
  /** Bearer token of the operator, an admin. */
  operatorToken: string
  databaseUrl: string
  close(): Promise<void>
}

export async function openPlatformWorld(): Promise<PlatformWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'kilomega-bench-postgres-'))
  const postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), port: 0, durable: true })
  const { pem, token } = await newSigner()
  const operatorToken = newSecret()
  const environment = { ...productionSettings(pem, operatorToken), DATABASE_URL: postgres.url.reveal() }
  const close = async (): Promise<void> => {
    await postgres.stop()
    await EmbeddedPostgres.remove(join(folder, 'postgres'))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await run(process.execPath, [join(api, 'migrate.js')], { cwd: folder, env: { PATH: processEnvironment()['PATH'], ...environment } })
  } catch (error) {
    await close()
    throw error
  }
  return { apiScript: join(api, 'main.js'), environment, userToken: token, operatorToken, databaseUrl: environment.DATABASE_URL, close }
}

const newSecret = (): string => randomBytes(32).toString('base64url')

/** Quotas are counted but never reached: in a bench one client sends more requests than a person does in a year. */
const productionSettings = (signingKey: string, operatorToken: string) => ({
  NODE_ENV: 'production',
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
  HTTP_INTERNAL_PORT: '0',
  HTTP_CURSOR_SECRET: newSecret(),
  HTTP_LIMIT_PER_MINUTE: '100000000',
  HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000000',
  IDENTITY_SIGNING_KEY: signingKey,
  IDENTITY_SEAL_KEY: newSecret(),
  IDENTITY_OPERATOR_TOKEN: operatorToken,
  NOTIFICATIONS_MAIL_DRIVER: 'smtp',
  NOTIFICATIONS_SMTP_URL: 'smtp://127.0.0.1:9',
  NOTIFICATIONS_FROM_ADDRESS: 'bench@kilomega.dev',
  NOTIFICATIONS_SEAL_KEY: newSecret(),
})

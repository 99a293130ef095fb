import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Secret } from '@kilomega/config'
import { z } from 'zod'
import { Failure } from '../failure.js'
import { dataFolder } from '../start/paths.js'
import type { HttpClient } from './http-client.js'

const Saved = z.object({ url: z.string(), refreshToken: z.string() })
const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string() })

/** Access tokens are valid for 10 minutes. */
const usedForMs = 9 * 60_000

/** The session opened by `km login`: one file that only its owner can read, valid for the API where it was opened. */
export class SavedSession {
  private readonly file = join(dataFolder, 'session.json')
  private current: { token: Promise<Secret | undefined>; untilMs: number } | undefined

  constructor(private readonly api: HttpClient) {}

  async open(email: string, password: string): Promise<void> {
    const { body } = await this.api.require({ method: 'POST', path: '/v1/sessions', json: { email, password } })
    this.keep(Tokens.parse(body))
  }

  /** An access token that is valid for at least one more minute; undefined if nobody has signed in here. */
  accessToken(): Promise<Secret | undefined> {
    if (this.current === undefined || performance.now() > this.current.untilMs) {
      this.current = { token: this.refreshed(), untilMs: performance.now() + usedForMs }
      this.current.token.catch(() => (this.current = undefined))
    }
    return this.current.token
  }

  /** Ends the session at the API too, if the API still knows it. */
  async end(): Promise<void> {
    const token = await this.accessToken().catch(() => undefined)
    if (token !== undefined) await this.api.call({ method: 'DELETE', path: '/v1/sessions/current', token })
    rmSync(this.file, { force: true })
  }

  /** A refresh token can be used once: the new one is saved before the access token is used, and concurrent callers share one refresh. */
  private async refreshed(): Promise<Secret | undefined> {
    const refreshToken = this.saved()
    if (refreshToken === undefined) return undefined
    const answer = await this.api.call({ method: 'POST', path: '/v1/sessions/refresh', json: { refreshToken } })
    if (answer.status === 401 || answer.status === 400)
      throw new Failure('The saved session has ended: sign in with km login EMAIL, or forget it with km logout')
    if (answer.status !== 201) throw new Failure(`The saved session could not be refreshed (${answer.status}): try again`)
    const tokens = Tokens.parse(answer.body)
    this.keep(tokens)
    return new Secret(tokens.accessToken)
  }

  private saved(): string | undefined {
    try {
      const { url, refreshToken } = Saved.parse(JSON.parse(readFileSync(this.file, 'utf8')))
      return url === this.api.url ? refreshToken : undefined
    } catch {
      return undefined
    }
  }

  private keep({ refreshToken }: z.infer<typeof Tokens>): void {
    mkdirSync(dirname(this.file), { recursive: true })
    writeFileSync(this.file, JSON.stringify({ url: this.api.url, refreshToken }), { mode: 0o600 })
  }
}

import { inSchema, LocalModules } from '@kilomega/messaging'
import { eventually } from '@kilomega/testing'
import type { Type } from '@nestjs/common'
import { Client } from 'pg'
import sharp from 'sharp'
import { type Answer, openApi, type OpenedApi, operatorToken, type TestRequest } from '../open-api.js'

/** Characters. */
export const longestAlt = 'a'.repeat(1_000)

/** Rows in every list: enough to fill a page, and for N+1 to show. */
export const rows = 100

const notifications = `
  INSERT INTO notifications.notification (account_id, type, subject_id, created_at)
  SELECT $1, 'media-ready', uuidv7(), now() FROM generate_series(1, $2::int)`
const mails = `
  INSERT INTO notifications.captured_mail (id, recipient, sender, subject, text, html, sent_at)
  SELECT uuidv7(), 'reader' || n || '@example.org', 'kilomega@example.org', 'Subject ' || n, repeat('text ', 100), repeat('<p>text</p>', 100), now() - interval '1 day'
  FROM generate_series(1, $1::int) AS n`
const deadLetters = `
  INSERT INTO content.dead_letter (subscriber, event_id, attempts, reason) SELECT 'search.gone:content.post-published', uuidv7(), 3, 'no reason ' || n
  FROM generate_series(1, $1::int) AS n`
const dailyStats = `
  INSERT INTO analytics.daily_stat (day, name, count, users) SELECT current_date - days, 'page.viewed-' || n, n, n
  FROM generate_series(1, 399) AS days, generate_series(1, 10) AS n`
const undelivered = `SELECT count(*)::int AS count FROM {schema}.delivery JOIN {schema}.outbox ON id = event_id WHERE payload ->> 'delayMs' IS NULL`
const goneSubscriber = `INSERT INTO content.subscriber (event_name, name) VALUES ('content.post-published', 'search.gone:content.post-published')`

export const documents = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    key: `document ${from + at}`,
    title: `Document ${from + at} of the engine`,
    body: 'The engine weaves *algebraical patterns*. '.repeat(20),
    category: 'history',
    tags: ['computing', 'weaving'],
  }))

/** The API with full lists, and a user whose inbox and posts fill pages. */
export class SeededApi {
  private constructor(
    readonly api: OpenedApi,
    readonly ada: string,
    readonly mediaIds: readonly string[],
    private readonly database: Client,
  ) {}

  static async open(settings: Record<string, string> = {}, application?: Type): Promise<SeededApi> {
    const api = await openApi({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000', ...settings }, application)
    const database = new Client({ connectionString: api.databaseUrl })
    await database.connect()
    const ada = await api.signUp('ada')
    const seeded = new SeededApi(api, ada, [], database)
    await seeded.fill()
    const mediaIds = [await seeded.upload(1), await seeded.upload(2)]
    return new SeededApi(api, ada, mediaIds, database)
  }

  ask(request: TestRequest): Promise<Answer> {
    return this.api.ask(request)
  }

  inside(request: TestRequest): Promise<Answer> {
    return this.api.ask({ token: operatorToken, ...request }, this.api.internalUrl)
  }

  /** Sends a request of the preparation, which has to succeed, and returns the JSON of its answer. */
  async prepare<T = Record<string, string>>(request: TestRequest, to?: string): Promise<T> {
    const answer = await this.api.ask(request, to)
    if (answer.status >= 400) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text}`)
    return answer.json as T
  }

  /** Waits for a mail whose text contains a link to this page, and returns the token in it. */
  tokenFor(email: string, page: string): Promise<string> {
    return eventually(async () => {
      const { json } = await this.inside({ path: `/mail.json?to=${encodeURIComponent(email)}` })
      const texts = (json as { items: { text: string }[] }).items.map(({ text }) => text)
      return new RegExp(`/${page}\\?token=([\\w.~-]{20,200})`).exec(texts.join('\n'))![1]!
    }, 20_000)
  }

  /** Uploads a picture of Ada's and waits for its renditions. */
  async upload(number: number, token = this.ada): Promise<string> {
    const noise = { type: 'gaussian', mean: 100 + number, sigma: 60 } as const
    const bytes = await sharp({ create: { width: 1_600, height: 1_200, channels: 3, background: 'white', noise } })
      .jpeg()
      .toBuffer()
    const form = new FormData()
    form.set('alt', longestAlt)
    form.set('file', new Blob([new Uint8Array(bytes)]), 'picture.jpeg')
    const { id } = await this.prepare({ method: 'POST', path: '/v1/media', token, body: form })
    await eventually(async () => expect((await this.prepare({ path: `/v1/media/${id}`, token }))['status']).toBe('ready'), 60_000)
    return id!
  }

  /** Events and jobs that are not done yet, without those that are to wait. */
  async undelivered(): Promise<number> {
    const modules = this.api.instance(LocalModules).implementations.map(({ name }) => name)
    const counts = await Promise.all(modules.map((module) => this.rows<{ count: number }>(inSchema(undelivered, module))))
    return counts.reduce((sum, [found]) => sum + found!.count, 0)
  }

  /** Rows of any schema: a test may look where modules may not. */
  async rows<Row extends object>(sql: string): Promise<Row[]> {
    return (await this.database.query<Row>(sql)).rows
  }

  async close(): Promise<void> {
    await this.database.end()
    await this.api.close()
  }

  private async fill(): Promise<void> {
    const { id } = await this.prepare({ path: '/v1/me', token: this.ada })
    await this.prepare({ method: 'POST', path: '/v1/imports/posts', token: operatorToken, json: { documents: documents(0, rows) } })
    for (let number = 0; number < rows; number += 1)
      await this.prepare({
        method: 'POST',
        path: '/v1/posts',
        token: this.ada,
        json: { title: `Draft ${number}`, body: 'x'.repeat(300), tags: ['a', 'b'] },
      })
    await this.database.query(notifications, [id, rows])
    await this.database.query(mails, [rows])
    await this.database.query(deadLetters, [rows])
    await this.database.query(goneSubscriber)
    await this.database.query(dailyStats)
    await eventually(async () => {
      const { items } = await this.prepare<{ items: unknown[] }>({ path: `/v1/search?q=engine&limit=${rows}` })
      expect(items).toHaveLength(rows)
    }, 20_000)
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { type AppName, AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import type { MailServer } from './mail-server.js'

const accounts = `INSERT INTO identity.account (id, email, name, created_at) SELECT id, email, 'Sailor', now() FROM unnest($1::uuid[], $2::text[]) AS one (id, email)`
const mails = `
  INSERT INTO notifications.mail (id, event_id, template, account_id, created_at)
  SELECT id, id, $3, account, now() FROM unnest($1::uuid[], $2::uuid[]) AS one (id, account)`
const jobs = `
  WITH added AS (
    INSERT INTO notifications.outbox (id, name, payload, request_id)
    SELECT id, 'job:notifications.send-mail', json_build_object('payload', json_build_object('mailId', mail), 'delayMs', 0, 'version', 1), 'test'
    FROM unnest($1::uuid[], $2::uuid[]) AS one (id, mail) RETURNING id)
  INSERT INTO notifications.delivery (subscriber, event_id) SELECT 'queue:notifications.send-mail', id FROM added`
const pending = 'SELECT count(*) FROM notifications.delivery'
const unended = 'SELECT count(*) FROM notifications.mail_attempt WHERE outcome IS NULL AND started_at >= $1'

/** A database, a mail server, and processes that send the pending mails. */
export class MailWorld {
  readonly processes: AppProcess[] = []
  /** When the latest of them was started. */
  private startedAt = new Date()

  private constructor(
    readonly database: TestDatabase,
    private readonly folder: string,
    private readonly settings: Record<string, string>,
  ) {}

  static async open(mailServer: Pick<MailServer, 'url'>, settings: Record<string, string> = {}): Promise<MailWorld> {
    const database = await openDatabase({ schema: 'test', migrations: [] })
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-mails-'))
    const mail = { NOTIFICATIONS_MAIL_DRIVER: 'smtp', NOTIFICATIONS_SMTP_URL: mailServer.url }
    const all = { ...mail, ...settings, DATABASE_URL: database.url }
    await migrate(folder, all)
    return new MailWorld(database, folder, all)
  }

  async start(app: AppName = 'worker', settings: Record<string, string> = {}): Promise<AppProcess> {
    this.startedAt = new Date()
    const started = await AppProcess.start(app, this.folder, { ...this.settings, ...settings })
    this.processes.push(started)
    return started
  }

  /** Kills the only process while it is sending a mail, as soon as it is; returns false if no mail is pending any more. */
  async killWhileSending(): Promise<boolean> {
    const [only] = this.processes
    const isSending = await eventually(async () => {
      if ((await this.count(pending)) === 0) return undefined
      // Paused while its state is checked, so that its mail cannot finish between the check and the kill.
      only!.pause()
      if ((await this.count(unended, [this.startedAt])) > 0) return true
      only!.resume()
      return false
    }, 60_000)
    if (!isSending) return false
    this.processes.length = 0
    await only!.kill()
    return true
  }

  /** Creates accounts with one address and one pending mail each, as the module's own transaction leaves them. */
  async addPending(template: string, count: number): Promise<void> {
    const ids = () => Array.from({ length: count }, () => uuidv7())
    const [people, letters] = [ids(), ids()]
    await this.database.database.write(async (transaction) => {
      await transaction.query(accounts, [people, people.map((id) => `${id}@example.org`)])
      await transaction.query(mails, [letters, people, template])
      await transaction.query(jobs, [ids(), letters])
    })
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.database.database.read((queryable) => queryable.query<{ count: number }>(sql, values))
    return Number(row!.count)
  }

  /** Resolves when nothing is left to put on the queue. */
  async settled(withinMs: number): Promise<void> {
    await eventually(async () => (await this.count(pending)) === 0, withinMs)
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.kill()))
    await this.database.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

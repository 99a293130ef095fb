import { eventually } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { Fleet } from './fleet.js'
import { MailServer } from './mail-server.js'

const accounts = `INSERT INTO identity.account (id, email, name, created_at) SELECT id, id || '@example.org', 'Sailor', now() FROM unnest($1::uuid[]) AS id`
/** As identity's outbox writes them, with a delivery for every registered subscriber. */
const publish = `
  WITH added AS (
    INSERT INTO identity.outbox (id, name, payload, request_id)
    SELECT id, 'identity.password-changed', CASE WHEN account IS NULL THEN '{}'::json ELSE json_build_object('accountId', account) END, 'test'
    FROM unnest($1::uuid[], $2::uuid[]) AS one (id, account) RETURNING id, name)
  INSERT INTO identity.delivery (subscriber, event_id) SELECT subscriber.name, added.id FROM added JOIN identity.subscriber ON subscriber.event_name = added.name`
const redeliver = `
  INSERT INTO identity.delivery (subscriber, event_id)
  SELECT subscriber.name, outbox.id FROM identity.outbox JOIN identity.subscriber ON subscriber.event_name = outbox.name
  WHERE outbox.name = 'identity.password-changed' ON CONFLICT DO NOTHING`

const pending = `SELECT count(*) FROM identity.delivery`
const unsent = `SELECT count(*) FROM notifications.mail WHERE NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)`

/** The API and the notification service with NATS between them: each event that the API publishes becomes a mail that the service sends. */
export class EventWorld {
  private constructor(
    readonly fleet: Fleet,
    readonly mails: MailServer,
  ) {}

  static async open(settings: Record<string, string> = {}): Promise<EventWorld> {
    const mails = await MailServer.start()
    const own = { NOTIFICATIONS_MAIL_DRIVER: 'smtp', NOTIFICATIONS_SMTP_URL: mails.url }
    return new EventWorld(await Fleet.open({ apis: 1, remote: ['notifications'], instances: 1, settings: { ...own, ...settings } }), mails)
  }

  get nats() {
    return this.fleet.services.nats
  }

  /** Publishes an event for each of `count` accounts. */
  async publish(count: number): Promise<void> {
    const people = Array.from({ length: count }, () => uuidv7())
    await this.write(accounts, [people])
    await this.write(publish, [people.map(() => uuidv7()), people])
  }

  /** Publishes events that no subscriber can read. */
  async publishUnreadable(count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => uuidv7())
    await this.write(publish, [ids, ids.map(() => null)])
  }

  /** Delivers all published events once more, through the whole path. */
  async redeliver(): Promise<void> {
    await this.write(redeliver, [])
  }

  undelivered(): Promise<number> {
    return this.fleet.count(pending)
  }

  /** Resolves when no delivery is pending and every mail has been sent. */
  async settled(withinMs: number): Promise<void> {
    await eventually(async () => (await this.undelivered()) === 0 && (await this.fleet.count(unsent)) === 0, withinMs)
  }

  async close(): Promise<void> {
    await this.fleet.close()
    await this.mails.stop()
  }

  private async write(sql: string, values: unknown[]): Promise<void> {
    await this.fleet.database.database.write((transaction) => transaction.query(sql, values))
  }
}

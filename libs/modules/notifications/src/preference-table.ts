import { type Preferences, Preferences as PreferencesSchema } from '@kilomega/contracts'
import { Database, type Queryable } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { Subscription } from './unsubscribe-seal.js'

/** Of whoever has not chosen: mails are for what one would miss. */
const defaults: Preferences = {
  welcome: { email: true, inApp: true },
  'media-ready': { email: false, inApp: true },
  'media-failed': { email: false, inApp: true },
}

const read = `SELECT account_id AS "accountId", channels FROM notifications.preference WHERE account_id = ANY ($1::uuid[])`
const write = `
  INSERT INTO notifications.preference (account_id, channels) VALUES ($1, $2)
  ON CONFLICT (account_id) DO UPDATE SET channels = excluded.channels`

/** The other types, and this one in the application, stay as they were chosen. */
const stopEmail = `
  INSERT INTO notifications.preference AS known (account_id, channels) VALUES ($1, jsonb_build_object($2::text, $3::jsonb))
  ON CONFLICT (account_id) DO UPDATE
  SET channels = jsonb_set(known.channels, ARRAY[$2::text], coalesce(known.channels -> $2::text, $3::jsonb) || '{"email": false}')`

/** Which notices reach an account by which channel. */
@Injectable()
export class PreferenceTable {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
  ) {}

  async get(accountId: string): Promise<Preferences> {
    const found = await this.database.read((queryable) => this.of(queryable, [accountId]))
    return found(accountId)
  }

  /** Once a command: a repeat does not put back what was chosen after it. */
  async set(accountId: string, channels: Preferences): Promise<void> {
    await this.receipts.once(this.database, async (transaction) => {
      await transaction.query(write, [accountId, JSON.stringify(channels)])
    })
  }

  /** Once a command, as `set`. */
  async stopEmail({ accountId, type }: Subscription): Promise<void> {
    await this.receipts.once(this.database, async (transaction) => {
      await transaction.query(stopEmail, [accountId, type, JSON.stringify({ ...defaults[type], email: false })])
    })
  }

  /** The preferences of many accounts with one statement. A type that is younger than somebody's choice has its default. */
  async of(queryable: Queryable, accountIds: readonly string[]): Promise<(accountId: string) => Preferences> {
    const rows = await queryable.query<{ accountId: string; channels: Partial<Preferences> }>(read, [accountIds])
    const chosen = new Map(rows.map(({ accountId, channels }) => [accountId, PreferencesSchema.parse({ ...defaults, ...channels })]))
    return (accountId) => chosen.get(accountId) ?? defaults
  }
}

import { type Preferences, Preferences as PreferencesSchema } from '@kilomega/contracts'
import { Database, type Queryable } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { Subscription } from './unsubscribe-seal.js'

/** For accounts that have not chosen: mails only for events that a user would otherwise miss. */
const defaults: Preferences = {
  welcome: { email: true, inApp: true },
  'media-ready': { email: false, inApp: true },
  'media-failed': { email: false, inApp: true },
}

const read = `SELECT account_id AS "accountId", channels FROM notifications.preference WHERE account_id = ANY ($1::uuid[])`
const write = `
  INSERT INTO notifications.preference (account_id, channels) VALUES ($1, $2)
  ON CONFLICT (account_id) DO UPDATE SET channels = excluded.channels`

/** Does not change other types, or this type in the application. */
const stopEmail = `
  INSERT INTO notifications.preference AS known (account_id, channels) VALUES ($1, jsonb_build_object($2::text, $3::jsonb))
  ON CONFLICT (account_id) DO UPDATE
  SET channels = jsonb_set(known.channels, ARRAY[$2::text], coalesce(known.channels -> $2::text, $3::jsonb) || '{"email": false}')`

/** The channels by which an account gets each type of notice. */
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

  /** Takes effect once per command: a repeat does not undo a later choice. */
  async set(accountId: string, channels: Preferences): Promise<void> {
    await this.receipts.once(this.database, async (transaction) => {
      await transaction.query(write, [accountId, JSON.stringify(channels)])
    })
  }

  /** Takes effect once per command, like `set`. */
  async stopEmail({ accountId, type }: Subscription): Promise<void> {
    await this.receipts.once(this.database, async (transaction) => {
      await transaction.query(stopEmail, [accountId, type, JSON.stringify({ ...defaults[type], email: false })])
    })
  }

  /** Reads the preferences of many accounts with one statement. A type that was added after an account made its choice has its default. */
  async of(queryable: Queryable, accountIds: readonly string[]): Promise<(accountId: string) => Preferences> {
    const rows = await queryable.query<{ accountId: string; channels: Partial<Preferences> }>(read, [accountIds])
    const chosen = new Map(rows.map(({ accountId, channels }) => [accountId, PreferencesSchema.parse({ ...defaults, ...channels })]))
    return (accountId) => chosen.get(accountId) ?? defaults
  }
}

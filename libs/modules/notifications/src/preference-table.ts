import { type Preferences, Preferences as PreferencesSchema } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Any, type Repository } from 'typeorm'
import { Mail } from './tables/mail.entity.js'
import { Preference } from './tables/preference.entity.js'
import type { Subscription } from './unsubscribe-seal.js'

/** For accounts that have not chosen: mails only for events that a user would otherwise miss. */
const defaults: Preferences = {
  welcome: { email: true, inApp: true },
  'media-ready': { email: false, inApp: true },
  'media-failed': { email: false, inApp: true },
}

/** The channels by which an account gets each type of notice. */
@Injectable()
export class PreferenceTable {
  constructor(
    @InjectRepository(Preference) private readonly preferences: Repository<Preference>,
    @InjectRepository(Mail) private readonly mails: Repository<Mail>,
    private readonly database: Database,
    private readonly receipts: Receipts,
  ) {}

  async get(accountId: string): Promise<Preferences> {
    return (await this.of([accountId]))(accountId)
  }

  /** Takes effect once per command: a repeat does not undo a later choice. */
  async set(accountId: string, channels: Preferences): Promise<void> {
    await this.receipts.once(this.database, async () => {
      await this.preferences.upsert({ accountId, channels }, ['accountId'])
    })
  }

  /** Takes effect once per command, like `set`. Does not change other types, or this type in the application. */
  async stopEmail({ accountId, type }: Subscription): Promise<void> {
    await this.receipts.once(this.database, async () => {
      if (!(await this.isKnown(accountId))) return
      const channels = await this.lockChannels(accountId)
      await this.preferences.update(accountId, { channels: { ...channels, [type]: { ...defaults[type], ...channels[type], email: false } } })
    })
  }

  /** Reads the preferences of many accounts with one statement. A type that was added after an account made its choice has its default. */
  async of(accountIds: readonly string[]): Promise<(accountId: string) => Preferences> {
    const rows = await this.preferences.findBy({ accountId: Any(accountIds) })
    const chosen = new Map(rows.map(({ accountId, channels }) => [accountId, PreferencesSchema.parse({ ...defaults, ...channels })]))
    return (accountId) => chosen.get(accountId) ?? defaults
  }

  /**
   * Whoever can unsubscribe has got a mail, and mails are removed with their account. The lock keeps the mail until the preference is written: an account is
   * forgotten mails first, so that the preference is removed too.
   */
  private async isKnown(accountId: string): Promise<boolean> {
    return (await this.mails.findOne({ select: { id: true }, where: { accountId }, lock: { mode: 'for_key_share' } })) !== null
  }

  /** Written first if there are none, so that there is a row to lock: nobody else's change is lost. */
  private async lockChannels(accountId: string): Promise<Preference['channels']> {
    await this.preferences.createQueryBuilder().insert().values({ accountId, channels: {} }).orIgnore().execute()
    const row = await this.preferences.findOne({ where: { accountId }, lock: { mode: 'pessimistic_write' } })
    return row?.channels ?? {}
  }
}

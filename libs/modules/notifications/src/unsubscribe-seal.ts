import { createHmac, timingSafeEqual } from 'node:crypto'
import type { NotificationType } from '@kilomega/contracts'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { NotificationsConfig } from './notifications.config.js'

/** Mails of one type to one account. */
export interface Subscription {
  accountId: string
  type: z.infer<typeof NotificationType>
}

/**
 * Makes the tokens in links that unsubscribe one account from mails of one type: account and type in plain text, and an HMAC-SHA256 over them. A token allows
 * nothing else and never expires, because people use links in mails that are years old.
 */
@Injectable()
export class UnsubscribeSeal {
  constructor(private readonly config: NotificationsConfig) {}

  seal({ accountId, type }: Subscription): string {
    const subscription = `${accountId}.${type}`
    return `${subscription}.${this.mac(subscription)}`
  }

  /** The account and type of a token; undefined if it was not made here. */
  open(token: string): Subscription | undefined {
    const [accountId, type, ...rest] = token.split('.') as [string, Subscription['type'], ...string[]]
    return rest.length === 1 && equal(this.seal({ accountId, type }), token) ? { accountId, type } : undefined
  }

  private mac(subscription: string): string {
    return createHmac('sha256', this.config.sealKey.reveal()).update(`unsubscribe ${subscription}`).digest('base64url')
  }
}

function equal(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}

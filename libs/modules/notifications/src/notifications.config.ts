import { booleanField, config, numberField, secret, secretOutsideProduction, stage } from '@kilomega/config'
import { Email } from '@kilomega/contracts'
import { z } from 'zod'

const inProduction = () => stage() === 'production'

export abstract class NotificationsConfig extends config('NOTIFICATIONS', {
  mailDriver: z
    .enum(['captured', 'smtp'])
    .default('captured')
    .refine((driver) => driver === 'smtp' || !inProduction(), 'production sends its mails: set smtp')
    .describe('Where mails go: to a server (smtp), or into a table where developers read them (captured; not in production)'),
  smtpUrl: secretOutsideProduction('smtp://localhost:1025')
    .refine((url) => /^smtps?:\/\//.test(url.reveal()) && URL.canParse(url.reveal()), 'must be a URL that starts with smtp:// or smtps://')
    .describe('URL of the mail server, with user and password; used only by the smtp driver'),
  smtpConnections: numberField({ min: 1, max: 50 }).default(5).describe('Largest number of open connections to the mail server'),
  smtpRecognisesRepeats: booleanField()
    .default(false)
    .describe(
      'Whether the mail server recognises repeats by their Message-ID and delivers them once; then mails that may have been sent are sent again and not parked',
    ),
  sendingLeaseMs: numberField({ min: 1_000, max: 600_000 })
    .default(60_000)
    .describe(
      'Lease of an attempt to send a mail, in milliseconds: without an outcome by then its process has died, and the mail may have been sent',
    ),
  retryFirstMs: numberField({ min: 1, max: 3_600_000 })
    .default(2_000)
    .describe(
      'Longest wait before the first retry of a mail that the server refused temporarily, in milliseconds; it doubles with each further retry, and the actual wait is a random part of it, so that mails are not retried together',
    ),
  retryLongestMs: numberField({ min: 1, max: 86_400_000 })
    .default(7_200_000)
    .describe('Limit of these waits, in milliseconds: two hours, so that a mail arrives soon enough after the server accepts it again'),
  retryForMs: numberField({ min: 0, max: 604_800_000 })
    .default(86_400_000)
    .describe(
      'How long after the first attempt a temporarily refused mail is given up, in milliseconds: a day, in which most servers are repaired. Time in which the server cannot be reached does not count',
    ),
  fromAddress: Email.default('no-reply@kilomega.example')
    .refine((address) => !address.endsWith('.example') || !inProduction(), 'production needs an address of your own')
    .describe('Sender address of mails'),
  linkUrl: z
    .url()
    .refine((url) => /^https?:\/\/[^?#]*$/.test(url), 'must start with http:// or https://, and contain neither ? nor #')
    .optional()
    .describe(
      'Base URL of links in mails: the address of your front end, which has the pages /verify, /reset and /unsubscribe; if not set, HTTP_PUBLIC_URL, where the API has pages of its own',
    ),
  sealKey: secret().describe('Key that seals the links for unsubscribing; a new key invalidates the links in all earlier mails'),
}) {}

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
    .refine((url) => /^smtps?:\/\//.test(url.reveal()) && URL.canParse(url.reveal()), 'must be a URL that begins with smtp:// or smtps://')
    .describe('The mail server with user and password; read by the smtp driver only'),
  smtpConnections: numberField({ min: 1, max: 50 }).default(5).describe('Connections to the mail server that stay open'),
  smtpRecognisesRepeats: booleanField()
    .default(false)
    .describe('Whether that server delivers a mail once although it gets it twice, by its Message-ID; then none is parked that may have left'),
  sendingLeaseMs: numberField({ min: 1_000, max: 600_000 })
    .default(60_000)
    .describe(
      'How long an attempt to send a mail is left alone, milliseconds; when its process has died by then, nobody knows whether the mail left',
    ),
  retryFirstMs: numberField({ min: 1, max: 3_600_000 })
    .default(2_000)
    .describe(
      'The longest wait before the second try at a mail that a server refuses for now, milliseconds; it doubles with each further one, and any part of it is waited, so that mails do not come back together',
    ),
  retryLongestMs: numberField({ min: 1, max: 86_400_000 })
    .default(7_200_000)
    .describe('What these waits grow to, milliseconds: two hours, so that a mail comes soon enough after the server has changed its mind'),
  retryForMs: numberField({ min: 0, max: 604_800_000 })
    .default(86_400_000)
    .describe(
      'How long after its first try a mail that is refused for now is given up, milliseconds: a day, in which most servers mend what is wrong. While the server cannot be reached no time is counted',
    ),
  fromAddress: Email.default('no-reply@kilomega.example')
    .refine((address) => !address.endsWith('.example') || !inProduction(), 'production needs an address of your own')
    .describe('The address that mails come from'),
  linkUrl: z
    .url()
    .refine((url) => /^https?:\/\/[^?#]*$/.test(url), 'must begin with http:// or https://, and have neither ? nor #')
    .optional()
    .describe(
      'Where the pages are that links in mails lead to: the address of your front end, with /verify, /reset and /unsubscribe below it; without it HTTP_PUBLIC_URL, where the API has pages of its own',
    ),
  sealKey: secret().describe('Key under which the links are made that end mails of one type; a new one makes those in all earlier mails worthless'),
}) {}

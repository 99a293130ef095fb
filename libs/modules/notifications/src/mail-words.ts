import { type Notice, noticeWords } from './notice-words.js'

/** Mails that an account needs and that cannot be switched off. */
export type NecessaryTemplate = 'verification' | 'password-reset' | 'registration-repeated' | 'password-changed'
export type MailTemplate = NecessaryTemplate | Notice['type']

const necessaryTemplates: ReadonlySet<string> = new Set<NecessaryTemplate>([
  'verification',
  'password-reset',
  'registration-repeated',
  'password-changed',
])

/**
 * Whether a mail is sent again when it is not known whether it was sent. Mails that an account needs are (`deliver`): twice is better than never. All others
 * are sent at most once (`once`).
 */
export const mayBeSentTwice = (template: MailTemplate): boolean => necessaryTemplates.has(template)

/** Whether accounts can switch off mails of this type. */
export const isByChoice = (template: MailTemplate): template is Notice['type'] => !necessaryTemplates.has(template)

/** Mails further back in the queue of one account all have the same priority. */
const maxPlace = 1_000

/**
 * The order of sending: mails that an account needs before all others, and of either kind the first of every account before any account's second, so that an
 * account with many mails does not delay the others.
 */
export const mailPriority = (template: MailTemplate, place: number): number =>
  (necessaryTemplates.has(template) ? 0 : maxPlace) + Math.min(place, maxPlace)

export interface MailWords {
  subject: string
  heading: string
  paragraphs: string[]
  footer: string
}

/** The link of a mail, which needs a one-time token. */
export interface MailAction {
  purpose: 'verify' | 'reset'
  path: string
  label: string
}

export const mailActions: Readonly<Partial<Record<MailTemplate, MailAction>>> = {
  verification: { purpose: 'verify', path: 'verify', label: 'Confirm this address' },
  'password-reset': { purpose: 'reset', path: 'reset', label: 'Choose a new password' },
}

interface MailContext {
  productName: string
  /** The name of the account's owner. Only used in mails to a confirmed address: before confirmation anybody could have entered any text as the name. */
  name: string
  reason: string | null
}

const notAsked = 'If you did not ask for this, you can ignore this mail.'
const chosen = 'You can choose in your preferences which mails you get.'

/** The text of a mail. Subjects contain only our own text: nothing that a person wrote is ever part of a header. */
export function mailWords(template: MailTemplate, { productName, name, reason }: MailContext): MailWords {
  switch (template) {
    case 'verification':
      return necessary(`Confirm your address for ${productName}`, 'One step is left', 'Confirm that this address is yours to open your account.')
    case 'password-reset':
      return necessary(
        'Choose a new password',
        'Choose a new password',
        'The link below works once, and for 30 minutes. Until it is used, your password stays as it is.',
      )
    case 'registration-repeated':
      return necessary(
        `You already have an account at ${productName}`,
        'You already have an account',
        'Somebody, probably you, tried to open an account with this address. You already have one: sign in, or request a new password if you have forgotten yours.',
      )
    case 'password-changed':
      return {
        ...necessary('Your password was changed', 'Your password was changed', 'All other sessions of your account have ended.'),
        footer: 'If you did not do this, request a new password at once.',
      }
    default: {
      const { title, body } = noticeWords({ type: template, reason }, productName)
      return { subject: title, heading: title, paragraphs: [`Hello ${name},`, body], footer: chosen }
    }
  }
}

const necessary = (subject: string, heading: string, ...paragraphs: string[]): MailWords => ({ subject, heading, paragraphs, footer: notAsked })

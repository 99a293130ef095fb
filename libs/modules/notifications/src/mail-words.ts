import { type Notice, noticeWords } from './notice-words.js'

/** Mails that an account needs; nobody can switch them off. */
export type NecessaryTemplate = 'verification' | 'password-reset' | 'registration-repeated' | 'password-changed'
export type MailTemplate = NecessaryTemplate | Notice['type']

const needed: ReadonlySet<string> = new Set<NecessaryTemplate>(['verification', 'password-reset', 'registration-repeated', 'password-changed'])

/**
 * What is done where nobody knows whether a mail has left. One that an account needs comes again (`deliver`): twice is better than never. All others come once at
 * most (`once`).
 */
export const mayComeTwice = (template: MailTemplate): boolean => needed.has(template)

/** Whether it is of a type that accounts can switch off. */
export const isByChoice = (template: MailTemplate): template is Notice['type'] => !needed.has(template)

/** Places in the line of one account that are told apart. */
const maxPlace = 1_000

/**
 * Whose turn it is: mails that an account needs before all others, and of each kind the first of every account before anybody's second, so that who is owed many
 * keeps nobody waiting.
 */
export const mailPriority = (template: MailTemplate, place: number): number => (needed.has(template) ? 0 : maxPlace) + Math.min(place, maxPlace)

export interface MailWords {
  subject: string
  heading: string
  paragraphs: string[]
  footer: string
}

/** The link of a mail, and the one-time token without which it is of no use. */
export interface MailAction {
  purpose: 'verify' | 'reset'
  path: string
  label: string
}

export const mailActions: Readonly<Partial<Record<MailTemplate, MailAction>>> = {
  verification: { purpose: 'verify', path: 'verify', label: 'Confirm this address' },
  'password-reset': { purpose: 'reset', path: 'reset', label: 'Choose a new password' },
}

interface Occasion {
  productName: string
  /** The name of the account's owner. Only said in mails to an address that is confirmed: before, anybody could write what they like into it. */
  name: string
  reason: string | null
}

const notAsked = 'You did not ask for this? Then there is nothing to do.'
const chosen = 'You can choose in your preferences which mails you get.'

/** What a mail says. Subjects are ours alone: nothing that a person wrote is ever part of a header. */
export function mailWords(template: MailTemplate, { productName, name, reason }: Occasion): MailWords {
  switch (template) {
    case 'verification':
      return necessary(`Confirm your address for ${productName}`, 'One step is left', 'Confirm that this address is yours, and your account is open.')
    case 'password-reset':
      return necessary(
        'Choose a new password',
        'Choose a new password',
        'The link below works once, and for 30 minutes. Until it is used, your password stays as it is.',
      )
    case 'registration-repeated':
      return necessary(
        `You have an account at ${productName} already`,
        'You have an account already',
        'Somebody, probably you, wanted to open an account with this address. There is one: sign in with it, or ask for a new password if you do not know yours any more.',
      )
    case 'password-changed':
      return {
        ...necessary('Your password was changed', 'Your password was changed', 'All other sessions of your account have ended.'),
        footer: 'You did not do this? Ask for a new password at once.',
      }
    default: {
      const { title, body } = noticeWords({ type: template, reason }, productName)
      return { subject: title, heading: title, paragraphs: [`Hello ${name},`, body], footer: chosen }
    }
  }
}

const necessary = (subject: string, heading: string, ...paragraphs: string[]): MailWords => ({ subject, heading, paragraphs, footer: notAsked })

import { domainToASCII } from 'node:url'

/** One spelling for one mailbox: lower case, NFC, the domain as in DNS. Dots and `+` stay: only the mailbox's host knows what they mean. */
export function normalEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1).toLowerCase()
  return `${email.slice(0, at).normalize('NFC').toLowerCase()}@${domainToASCII(domain) || domain}`
}

import { domainToASCII } from 'node:url'
import { z } from 'zod'

/**
 * Atoms separated by dots (RFC 5321, section 4.1.2), in other scripts too (RFC 6531). Not accepted are quoted names, which no host should use (same section)
 * and which may contain the characters that separate addresses, and invisible characters.
 */
const atom = "(?:[\\w!#$%&'*+/=?^`{|}~-]|[^\\p{ASCII}\\p{C}\\p{Z}\\p{Default_Ignorable_Code_Point}])+"
const beforeAt = new RegExp(`^${atom}(?:\\.${atom})*$`, 'u')

/** Characters that a domain may contain. The rules of IDN decide whether it is valid; they allow U+200C and U+200D between letters. */
const domainCharacters = /^(?:[A-Za-z0-9.-]|[^\p{ASCII}\p{C}\p{Z}]|[\u200c\u200d])+$/u
/** At least two labels, as in public DNS. The last one must not be a number, so that IP addresses are refused. */
const domainName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

const mostOctets = 254
const mostOctetsBeforeAt = 64

/** The form of the domain in DNS. ASCII domains already have it, whatever the rules of IDN say. */
function dnsName(domain: string): string {
  const lower = domain.toLowerCase()
  return domainToASCII(lower) || lower
}

function partsOf(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf('@')
  return { local: email.slice(0, Math.max(0, at)), domain: email.slice(at + 1) }
}

/** One spelling per mailbox: lower case, NFC, the domain as in DNS. Dots and `+` stay, because only the mailbox's host knows what they mean. */
export function normalEmail(email: string): string {
  const { local, domain } = partsOf(email)
  return `${local.normalize('NFC').toLowerCase().normalize('NFC')}@${dnsName(domain)}`
}

function isAddress(email: string): boolean {
  const { local, domain } = partsOf(email)
  return beforeAt.test(local) && domain.length < mostOctets && domainCharacters.test(domain) && domainName.test(dnsName(domain))
}

const octets = (text: string): number => Buffer.byteLength(text)

/**
 * An address that mail servers accept: RFC 5321, and RFC 6531 for scripts other than Latin, with a domain that public DNS can resolve. The limits are those
 * of section 4.5.3.1, in octets and with the domain as in DNS.
 */
export const Email = z
  .stringFormat('idn-email', isAddress, 'an address such as ada@example.org')
  .max(mostOctets)
  .refine((email) => octets(partsOf(normalEmail(email)).local) <= mostOctetsBeforeAt, `at most ${mostOctetsBeforeAt} octets before the @`)
  .refine((email) => octets(normalEmail(email)) <= mostOctets, `at most ${mostOctets} octets, with the domain as in DNS`)
  .meta({ example: 'ada@example.org' })

/** Whether the address can only be given to a server that supports addresses in other scripts (SMTPUTF8). The domain never requires that. */
export const needsSmtpUtf8 = (email: string): boolean => /\P{ASCII}/u.test(partsOf(email).local)

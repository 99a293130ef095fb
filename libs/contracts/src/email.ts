import { domainToASCII } from 'node:url'
import { z } from 'zod'

/**
 * Atoms with dots between (RFC 5321, section 4.1.2), of other scripts too (RFC 6531). Left out is what hides more than it names: quoted names, which no
 * host should have (same section) and which may hold what divides addresses, and characters that cannot be seen.
 */
const atom = "(?:[\\w!#$%&'*+/=?^`{|}~-]|[^\\p{ASCII}\\p{C}\\p{Z}\\p{Default_Ignorable_Code_Point}])+"
const beforeAt = new RegExp(`^${atom}(?:\\.${atom})*$`, 'u')

/** What a domain may be written with. Whether it is one is for the rules of IDN to say, which may join letters by U+200C and U+200D. */
const domainCharacters = /^(?:[A-Za-z0-9.-]|[^\p{ASCII}\p{C}\p{Z}]|[\u200c\u200d])+$/u
/** Two labels at least, as everybody's DNS has them; the last one is no number, so that it is no network address. */
const domainName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

const mostOctets = 254
const mostOctetsBeforeAt = 64

/** As it is in DNS. What is ASCII is that already, whatever IDN says of it. */
function dnsName(domain: string): string {
  const lower = domain.toLowerCase()
  return domainToASCII(lower) || lower
}

function partsOf(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf('@')
  return { local: email.slice(0, Math.max(0, at)), domain: email.slice(at + 1) }
}

/** One spelling for one mailbox: lower case, NFC, the domain as in DNS. Dots and `+` stay: only the mailbox's host knows what they mean. */
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
 * An address that mail servers take: RFC 5321, and RFC 6531 for other scripts than Latin, with a domain that others can look up. The limits are those
 * of section 4.5.3.1, in octets and with the domain as in DNS.
 */
export const Email = z
  .stringFormat('idn-email', isAddress, 'an address such as ada@example.org')
  .max(mostOctets)
  .refine((email) => octets(partsOf(normalEmail(email)).local) <= mostOctetsBeforeAt, `at most ${mostOctetsBeforeAt} octets before the @`)
  .refine((email) => octets(normalEmail(email)) <= mostOctets, `at most ${mostOctets} octets, with the domain as in DNS`)
  .meta({ example: 'ada@example.org' })

/** Whether only a server that speaks of other scripts in addresses (SMTPUTF8) can be given it. A domain never needs that. */
export const needsSmtpUtf8 = (email: string): boolean => /\P{ASCII}/u.test(partsOf(email).local)

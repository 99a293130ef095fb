import { isIPv6 } from 'node:net'

/** The address by which requests are counted: one IPv6 customer has a whole /64, so all its addresses count as one. */
export const countedAddress = (address: string): string => (isIPv6(address) ? prefixOfIPv6(address) : address)

/** The network of an address, /24 or /64: the part that one attacker can be expected to change at will. */
export function networkOf(address: string): string {
  if (isIPv6(address) && !address.startsWith('::ffff:')) return prefixOfIPv6(address)
  const [a, b, c] = address.replace('::ffff:', '').split('.')
  return `${a}.${b}.${c}.0/24`
}

function prefixOfIPv6(address: string): string {
  if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length)
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const all = tail === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - last.length).fill('0'), ...last]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

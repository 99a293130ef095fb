import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** The ranges that IANA lists as not global: this machine, private networks, cloud metadata, multicast, documentation, and tunnels into the former. */
const ipv4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]
/** Within 2000::/3, which holds all global addresses. */
const ipv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

const reserved = new BlockList()
for (const range of ipv4) add(range, 'ipv4')
for (const range of ipv6) add(range, 'ipv6')
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

function add(range: string, family: 'ipv4' | 'ipv6'): void {
  const [network, prefix] = range.split('/')
  reserved.addSubnet(network!, Number(prefix), family)
}

/** Whether an address is on the open internet. IPv4 addresses embedded in IPv6 are refused: no legitimate caller needs them. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !reserved.check(address, 'ipv4')
  return isIPv6(address) && !address.includes('%') && global.check(address, 'ipv6') && !reserved.check(address, 'ipv6')
}

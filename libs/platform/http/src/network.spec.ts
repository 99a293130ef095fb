import { countedAddress, networkOf } from './network.js'

it.each([
  ['203.0.113.9', '203.0.113.0/24', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.0/24', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
  ['2001:DB8::6', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0:0::/64'],
])('%s is in the network %s and is counted as %s', (address, network, counted) => {
  expect([networkOf(address), countedAddress(address)]).toEqual([network, counted])
})

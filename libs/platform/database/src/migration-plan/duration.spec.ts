import { bytesText, takes } from './duration.js'

const size = { rows: 2_000_000, bytes: 1.2e9 }

it.each([
  ['none', 'moment'],
  ['scan', 'scan of 1.2 GB, about 12 s'],
  ['index', 'index of 1.2 GB, about 30 s'],
  ['rewrite', 'new copy of 1.2 GB, about 30 s'],
  ['write', 'up to 1.2 GB written at once, about 2 min'],
  ['batches', 'in batches, about 3 min'],
  ['unknown', 'not known from its text'],
] as const)('%s on a table of 1.2 GB: %s', (work, text) => {
  expect(takes(work, size).text).toBe(text)
})

it('on a small table everything takes a moment', () => {
  expect(takes('rewrite', { rows: 10, bytes: 8_192 }).text).toBe('moment')
})

it.each([
  [0, '0 B'],
  [8_192, '8.2 kB'],
  [45_000_000, '45 MB'],
  [3.25e12, '3.3 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

import { infoOf, isAtLeast, versionOf } from './info-line.js'

const line = 'INFO {"server_id":"NA","server_name":"first","version":"2.9.10","jetstream":true,"max_payload":1048576} \r\n'

it('An INFO line gives version, name and JetStream', () => {
  expect(infoOf(line)).toEqual({ version: '2.9.10', server_name: 'first', jetstream: true })
  expect(versionOf(line)).toBe('2.9.10')
})

it('The first line of another server is not an INFO line', () => {
  expect(infoOf('SSH-2.0-OpenSSH_9.2')).toBeUndefined()
  expect(versionOf('')).toBeUndefined()
})

it.each([
  ['2.12.7', '2.12.7', true],
  ['2.15.2', '2.12.7', true],
  ['v3.0', '2.12.7', true],
  ['2.12.8-RC.1', '2.12.7', true],
  ['2.9.10', '2.12.7', false],
  ['2.12.6', '2.12.7', false],
  ['2.12', '2.12.7', false],
])('Version %s is at least %s: %s', (version, wanted, expected) => {
  expect(isAtLeast(version, wanted)).toBe(expected)
})

import { HostNames } from './host-names.js'

const namesOf = (internalHost: string, ...internalNames: string[]) => new HostNames({ internalHost, internalNames } as never)

const own = ['localhost', 'LOCALHOST:3001', 'api.localhost', '127.0.0.1:3001', '127.8.9.10', '[::1]', '[::1]:3001', 'localhost.']
const foreign = [
  'evil.example',
  'evil.example:3001',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evillocalhost',
  '10.0.0.5',
  '',
  '[::2]',
  '::1:x',
]

it.each(own)('the internal port answers to %s', (host) => {
  expect(namesOf('127.0.0.1').include(host)).toBe(true)
})

it.each(foreign)('the internal port does not answer to "%s"', (host) => {
  expect(namesOf('127.0.0.1').include(host)).toBe(false)
})

it('a request without a Host gets no answer', () => {
  expect(namesOf('127.0.0.1').include(undefined)).toBe(false)
})

it('the configured host and additional names are accepted', () => {
  expect(['10.0.0.5:3001', 'API', 'api:3001'].map((host) => namesOf('10.0.0.5', 'Api').include(host))).toEqual([true, true, true])
})

it('a port open to a private network answers to every address, and to no other name', () => {
  expect(['10.0.0.5:3001', '[fd00::1]:3001', 'evil.example'].map((host) => namesOf('0.0.0.0').include(host))).toEqual([true, true, false])
})

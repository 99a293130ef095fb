import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { givenKeysIn, keysIn } from './nats-keys.js'
import { applications } from './profile.js'

describe('The keys on NATS', () => {
  const parent = mkdtempSync(join(tmpdir(), 'km-keys-'))
  const folder = join(parent, 'nats')
  afterAll(() => rmSync(parent, { recursive: true }))

  it('are not created for a server that was set up elsewhere', () => {
    expect(() => givenKeysIn(folder)).toThrow('there is no key of api')
  })

  it('are created once, each in a file that only its owner can read', () => {
    const keys = keysIn(folder)
    expect(keys.map(({ name }) => name)).toEqual(applications)
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(applications.length)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const { seedFile, publicKey } of keys) {
      expect(statSync(seedFile).mode & 0o777).toBe(0o600)
      expect(publicKey).toMatch(/^U/)
      expect(readFileSync(seedFile, 'utf8')).toMatch(/^SU\S+\n$/)
    }
    expect(keysIn(folder)).toEqual(keys)
    expect(givenKeysIn(folder)).toEqual(keys)
  })

  it('are not taken from a file without a key', () => {
    writeFileSync(join(folder, 'media.seed'), 'SUNDAY')
    expect(() => keysIn(folder)).toThrow(/media\.seed is not a key seed .*: remove it/)
  })
})

import type { ProductConfig } from '@kilomega/config'
import type { PasswordHash } from './drivers/password-hash.js'
import { ZxcvbnPasswordStrength } from './drivers/password-strength.zxcvbn.js'
import { HashedPasswords } from './hashed-passwords.js'

const hash = { hash: async (password: string) => `hash of ${password}`, verify: async () => true } satisfies PasswordHash
const passwords = new HashedPasswords(new ZxcvbnPasswordStrength(), hash, { name: 'Blue Harbour' } as ProductConfig)
const owner = { email: 'grace.hopper@navy.example', name: 'Grace Brewster Murray Hopper' }
const weak = { code: 'WEAK_PASSWORD' }

describe('a newly chosen password', () => {
  it.each([
    'GraceHopper',
    'hopper1906',
    'brewster1!',
    'MurrayHopper',
    'grace.hopper@navy.example',
    'navy.example',
    'blueharbour',
    'BlueHarbour1!',
    'Harbour123',
  ])('is refused if it is little more than the name or address of its owner or the name of the product: %s', async (password) => {
    await expect(passwords.make(password, owner)).rejects.toMatchObject(weak)
  })

  it.each(['a sentence of grace hopper', 'seventy lamps by the harbour'])('may contain them among other words: %s', async (password) => {
    await expect(passwords.make(password, owner)).resolves.toBe(`hash of ${password}`)
  })
})

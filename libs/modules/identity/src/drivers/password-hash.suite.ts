import type { PasswordHash } from './password-hash.js'

/** The definition of PasswordHash: every driver passes it. */
export function passwordHashSuite(open: () => PasswordHash): void {
  const passwords = open()

  it('matches the password that it was made of, and no other', async () => {
    const hash = await passwords.hash('correct horse')
    expect(hash).not.toContain('correct horse')
    await expect(passwords.verify(hash, 'correct horse')).resolves.toBe(true)
    await expect(passwords.verify(hash, 'Correct horse')).resolves.toBe(false)
  })

  it('differs each time', async () => {
    expect(await passwords.hash('correct horse')).not.toBe(await passwords.hash('correct horse'))
  })

  it('counts every character: the 80th of 100, and what follows a NUL (S3)', async () => {
    const long = 'x'.repeat(100)
    await expect(passwords.verify(await passwords.hash(long), `${long.slice(0, 80)}y${long.slice(81)}`)).resolves.toBe(false)
    await expect(passwords.verify(await passwords.hash('start\0end'), 'start\0other')).resolves.toBe(false)
  })

  it('treats the same characters as the same password, however a keyboard composes them', async () => {
    await expect(passwords.verify(await passwords.hash('gar\u00e7on 123'), 'garc\u0327on 123')).resolves.toBe(true)
  })

  it('never matches if there is no hash', async () => {
    await expect(passwords.verify(null, '')).resolves.toBe(false)
  })
}

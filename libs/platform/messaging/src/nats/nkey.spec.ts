import { randomBytes } from 'node:crypto'
import { fromPublic, fromSeed } from '@nats-io/nkeys'
import { makeServiceKey, SigningKey, TrustedKey } from './nkey.js'

const bytes = (text: string) => Buffer.from(text)

describe('our key and the same key in the nkeys library', () => {
  it.each(Array.from({ length: 5 }, (_, index) => [index]))('verify each other’s signatures, key %#', (index) => {
    const { seed, publicKey } = makeServiceKey()
    const [ours, theirs] = [new SigningKey(seed.reveal()), fromSeed(bytes(seed.reveal()))]
    const text = `${index} ${randomBytes(index * 100).toString('base64')}`
    expect(ours.publicKey).toBe(theirs.getPublicKey())
    expect(ours.publicKey).toBe(publicKey)
    expect(fromPublic(publicKey).verify(bytes(text), ours.sign(text))).toBe(true)
    expect(new TrustedKey(publicKey).signed(text, Buffer.from(theirs.sign(bytes(text))))).toBe(true)
    expect(ours.sign(text)).toEqual(Buffer.from(theirs.sign(bytes(text))))
  })
})

describe('a trusted key', () => {
  const { seed, publicKey } = makeServiceKey()
  const signature = new SigningKey(seed.reveal()).sign('text')

  it('accepts no other text, no other key and no signature of another length', () => {
    const trusted = new TrustedKey(publicKey)
    expect(trusted.signed('text', signature)).toBe(true)
    expect(trusted.signed('text ', signature)).toBe(false)
    expect(new TrustedKey(makeServiceKey().publicKey).signed('text', signature)).toBe(false)
    for (const length of [0, 1, 63]) expect(trusted.signed('text', signature.subarray(0, length))).toBe(false)
    expect(trusted.signed('text', Buffer.concat([signature, Buffer.from([0])]))).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['words', 'UNKNOWN'],
    ['a seed', seed.reveal()],
    ['one with a letter changed', `${publicKey.slice(0, -1)}${publicKey.endsWith('A') ? 'B' : 'A'}`],
    ['one that is cut off', publicKey.slice(0, -1)],
  ])('is not made of %s', (_, text) => {
    expect(() => new TrustedKey(text)).toThrow()
  })
})

it.each(['', 'SU', 'SUAAAA', makeServiceKey().publicKey])('A signing key is made from nothing but a seed: %j', (text) => {
  expect(() => new SigningKey(text)).toThrow()
})

it('The seed of a service prints as stars', () => {
  expect(`${makeServiceKey().seed}`).not.toContain('SU')
})

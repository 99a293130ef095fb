import { createHmac } from 'node:crypto'
import type { Actor } from '@kilomega/ports'
import { makeServiceKey, SigningKey } from './nkey.js'
import { SignedContexts } from './signed-context.js'
import { keyId } from './subjects.js'

const startMs = Date.UTC(2026, 10, 24)
const keyOf = () => new SigningKey(makeServiceKey().seed.reveal())
const [api, search, media, stranger] = [keyOf(), keyOf(), keyOf(), keyOf()]
const user: Actor = { kind: 'user', id: 'ann', role: 'user', sessionId: 'session-1' }
const admin: Actor = { ...user, role: 'admin' }

let nowMs = startMs
const contextsOf = (key: SigningKey, trusted: SigningKey[] = []) =>
  new SignedContexts(
    key,
    trusted.map(({ publicKey }) => publicKey),
    () => nowMs,
  )
const [maker, reader] = [contextsOf(api), contextsOf(search, [api, media])]

beforeEach(() => {
  nowMs = startMs
})

/** A context that our own code would not make. */
function made(claims: object | string, key = api): string {
  const body = Buffer.from(typeof claims === 'string' ? claims : JSON.stringify(claims)).toString('base64url')
  return `${body}.${key.sign(body).toString('base64url')}`
}
const claims = { iss: keyId(api.publicKey), aud: 'search', expiresMs: startMs + 60_000, actor: user }
const without = (field: keyof typeof claims) => Object.fromEntries(Object.entries(claims).filter(([name]) => name !== field))

const good = maker.sign(user, 'search')
const [body, signature] = good.split('.') as [string, string]
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const flipped = (text: string, index: number) => `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`
const places = (text: string, count: number) => Array.from({ length: count }, (_, index) => Math.floor((index * (text.length - 1)) / count))

/** An attack that has worked on some JWT libraries: the public key as the secret of an HMAC. */
function hmacToken(): string {
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`
  return `${signed}.${createHmac('sha256', api.publicKey).update(signed).digest('base64url')}`
}

const refused: [string, string | undefined][] = [
  ['none', undefined],
  ...['', '.', '..', ' ', 'null', '{}', 'a.b', 'a.b.c', '\u0000', '\ufeff', '💥.💥'].map((text): [string, string] => [JSON.stringify(text), text]),
  ['a body without signature', body],
  ['a body with an empty signature', `${body}.`],
  ['a signature without body', `.${signature}`],
  ['signature and body the wrong way round', `${signature}.${body}`],
  ['one with a third part', `${good}.${signature}`],
  ['one that is repeated', `${good}${good}`],
  ['the body in base64 with padding', `${body}==.${signature}`],
  ['64 KB', `${body}${'A'.repeat(65_536)}.${signature}`],
  ...places(good, 12).map((length): [string, string] => [`one cut off after ${length} characters`, good.slice(0, length)]),
  ...places(body, 8).map((index): [string, string] => [`character ${index} of the body changed`, `${flipped(body, index)}.${signature}`]),
  ...places(signature, 8).map((index): [string, string] => [`character ${index} of the signature changed`, `${body}.${flipped(signature, index)}`]),
  ['a user made admin', `${base64url({ ...claims, actor: admin })}.${signature}`],
  ['a user made the system', `${base64url({ ...claims, actor: { kind: 'system' } })}.${signature}`],
  ['another user', `${base64url({ ...claims, actor: { ...user, id: 'bob' } })}.${signature}`],
  ['a longer life', `${base64url({ ...claims, expiresMs: startMs + 65_000 })}.${signature}`],
  ['an unknown issuer', made({ ...claims, iss: keyId(stranger.publicKey) }, stranger)],
  ['an unknown issuer in the name of a trusted one', made(claims, stranger)],
  ['a trusted issuer in the name of another', made(claims, media)],
  ['an issuer in lower case', made({ ...claims, iss: keyId(api.publicKey).toLowerCase() })],
  ['an issuer called __proto__', made({ ...claims, iss: '__proto__' })],
  ['a JWT with alg none', `${base64url({ alg: 'none' })}.${base64url(claims)}.`],
  ['a JWT signed with the public key as secret', hmacToken()],
  ['one for another port', maker.sign(user, 'content')],
  ...['', '*', '>', 'searc', 'search ', 'SEARCH', 'search.find'].map((aud): [string, string] => [
    `audience ${JSON.stringify(aud)}`,
    made({ ...claims, aud }),
  ]),
  ['a list of audiences', made({ ...claims, aud: ['search'] })],
  ['one that expired 60,001 ms ago', made({ ...claims, expiresMs: startMs - 60_001 })],
  ['one that expired a day ago', made({ ...claims, expiresMs: startMs - 86_400_000 })],
  ['one from the year 1', made({ ...claims, expiresMs: 0 })],
  ['one that would live 120,001 ms', made({ ...claims, expiresMs: startMs + 120_001 })],
  ['one that would live a year', made({ ...claims, expiresMs: startMs + 365 * 86_400_000 })],
  ['one that never expires', made(JSON.stringify(claims).replace(/"expiresMs":\d+/, '"expiresMs":1e999'))],
  ['an expiry in words', made({ ...claims, expiresMs: String(claims.expiresMs) })],
  ['no expiry', made({ ...claims, expiresMs: null })],
  ...(['iss', 'aud', 'expiresMs', 'actor'] as const).map((field): [string, string] => [`one without ${field}`, made(without(field))]),
  ...[null, 'system', [], { kind: 'root' }, { kind: 'user' }, { ...user, role: 'owner' }, { ...user, id: 7 }].map((actor): [string, string] => [
    `actor ${JSON.stringify(actor)}`,
    made({ ...claims, actor }),
  ]),
  ...['null', '[]', '"text"', '1', '', 'not JSON', '{"iss":'].map((text): [string, string] => [`claims ${JSON.stringify(text)}`, made(text)]),
]

describe('S30: a context', () => {
  it(`is refused in ${refused.length} forms, which are 60 or more`, () => {
    expect(refused.length).toBeGreaterThanOrEqual(60)
  })

  it.each(refused)('is not accepted: %s', (_, context) => {
    expect(() => reader.actorOf(context, 'search')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error)
    // Nor the second time, when it could have been remembered.
    expect(() => reader.actorOf(context, 'search')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error)
  })
})

describe('a context of a trusted process', () => {
  it.each<[string, Actor]>([
    ['a user', user],
    ['an admin', admin],
    ['the system', { kind: 'system' }],
    ['an anonymous caller', { kind: 'anonymous' }],
  ])('says that %s calls', (_, actor) => {
    expect(reader.actorOf(maker.sign(actor, 'search'), 'search')).toEqual(actor)
  })

  it('is accepted by its own maker too', () => {
    expect(maker.actorOf(maker.sign(user, 'api'), 'api')).toEqual(user)
  })

  it('is used for 50 s and then made again, so that it does not expire in transit', () => {
    const first = maker.sign(user, 'notifications')
    nowMs += 49_999
    expect(maker.sign(user, 'notifications')).toBe(first)
    nowMs += 1
    expect(maker.sign(user, 'notifications')).not.toBe(first)
  })

  it('is different for each port, role, user and session, whatever their names', () => {
    const actors: Actor[] = [
      user,
      admin,
      { ...user, sessionId: 'session-2' },
      { kind: 'system' },
      { kind: 'anonymous' },
      { ...user, id: 'a b', sessionId: 'c' },
      { ...user, id: 'a', sessionId: 'b c' },
    ]
    for (const port of ['search', 'content']) {
      for (const actor of actors) expect(contextsOf(search, [api]).actorOf(maker.sign(actor, port), port)).toEqual(actor)
    }
  })

  it('is valid for a minute plus the allowed clock difference, remembered or not', () => {
    const context = maker.sign(user, 'search')
    expect(reader.actorOf(context, 'search')).toEqual(user)
    nowMs = startMs + 120_000
    expect(reader.actorOf(context, 'search')).toEqual(user)
    expect(contextsOf(search, [api]).actorOf(context, 'search')).toEqual(user)
    nowMs += 1
    expect(() => reader.actorOf(context, 'search')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error)
    expect(() => contextsOf(search, [api]).actorOf(context, 'search')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error)
  })

  it('may come from a clock that is up to 60 s ahead, and no more', () => {
    const context = maker.sign(user, 'media')
    nowMs = startMs - 60_000
    expect(reader.actorOf(context, 'media')).toEqual(user)
    nowMs -= 1
    expect(() => reader.actorOf(context, 'media')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error)
  })

  it('is not accepted by a process that does not trust the maker', () => {
    expect(() => contextsOf(search).actorOf(good, 'search')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error)
  })

  it('fails no call if clocks differ by up to a minute, however old the context is when it is used', () => {
    for (const apartMs of [-60_000, -30_000, -10_000, -6_000, 6_000, 10_000, 30_000, 60_000]) {
      const there = new SignedContexts(api, [], () => nowMs + apartMs)
      const host = contextsOf(search, [api])
      nowMs = startMs
      for (let second = 0; second < 180; second += 1) {
        expect(host.actorOf(there.sign(user, 'search'), 'search')).toEqual(user)
        nowMs += 1_000
      }
    }
  })

  it.each([-1_800_000, -30_000, 1_800_000])('is made again when the clock of its maker has moved by %d ms', (byMs) => {
    const host = contextsOf(search, [api])
    const own = contextsOf(api)
    host.actorOf(own.sign(user, 'search'), 'search')
    nowMs += byMs
    jest.useFakeTimers({ now: 0 })
    try {
      const first = own.sign(user, 'search')
      expect(host.actorOf(first, 'search')).toEqual(user)
      // Only the monotonic clock advances by 50 s.
      nowMs += 1
      jest.advanceTimersByTime(50_000)
      expect(own.sign(user, 'search')).not.toBe(first)
    } finally {
      jest.useRealTimers()
    }
  })
})

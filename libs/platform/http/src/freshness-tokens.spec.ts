import { onlyPrimary } from '@kilomega/ports'
import { Secret } from '@kilomega/config'
import { FreshnessTokens } from './freshness-tokens.js'
import type { HttpConfig } from './http.config.js'

const tokensOf = (cursorSecret: string, publicUrl = 'http://localhost:3000') =>
  new FreshnessTokens({ cursorSecret: new Secret(cursorSecret), publicUrl } as HttpConfig)
const tokens = tokensOf('a secret of this product')
const freshness = '00000001:00000000016B3748'
const [[, token]] = tokens.headersOf(freshness, {}) as [[string, string]]

describe('The freshness that a client carries', () => {
  it('comes back in the header or in the cookie', () => {
    expect(tokens.read({ 'kilomega-freshness': token })).toBe(freshness)
    expect(tokens.read({ cookie: `theme=dark; kilomega-freshness=${token}; other=1` })).toBe(freshness)
  })

  it('is nothing for a client that wrote nothing', () => {
    expect(tokens.read({})).toBe('')
    expect(tokens.read({ cookie: 'theme=dark' })).toBe('')
    expect(tokens.headersOf('', {})).toEqual([])
    expect(tokens.headersOf(onlyPrimary, {})).toEqual([])
  })

  it.each([
    ['', ''],
    ['no signature', freshness],
    ['another signature', `${freshness}.${'A'.repeat(22)}`],
    ['another secret', (tokensOf('another secret, too').headersOf(freshness, {}) as [[string, string]])[0][1]],
    ['a changed place', token.replace('16B', '16A')],
    ['more behind it', `${token}.more`],
    ['much', 'f'.repeat(10_000)],
  ])('means the primary if it is not ours: %s', (_, text) => {
    expect(tokens.read({ 'kilomega-freshness': text })).toBe(onlyPrimary)
    expect(tokens.read({ cookie: `kilomega-freshness=${text}` })).toBe(onlyPrimary)
  })

  it('is set as a cookie for browsers only, and over TLS only where the product is', () => {
    const asked = { 'sec-fetch-mode': 'cors' as const }
    const cookie = `kilomega-freshness=${token}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax`
    expect(tokens.headersOf(freshness, asked)).toEqual([
      ['kilomega-freshness', token],
      ['set-cookie', cookie],
    ])
    expect(tokensOf('a secret of this product', 'https://shop.example').headersOf(freshness, asked)[1]![1]).toBe(`${cookie}; Secure`)
  })
})

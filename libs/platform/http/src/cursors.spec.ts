import { loadConfig, MemorySecretStore } from '@kilomega/config'
import { z } from 'zod'
import { Cursors, HttpConfig } from './index.js'

const cursorsWith = () => new Cursors(loadConfig([HttpConfig], {}, new MemorySecretStore()).get(HttpConfig))
const Key = z.object({ at: z.string(), id: z.string() })
const key = { at: '2026-01-31T12:00:00.000Z', id: 'x' }
const scope = { list: 'posts', filters: { category: 'a', tag: undefined } }

describe('a cursor', () => {
  const cursors = cursorsWith()
  const cursor = cursors.sign(scope, key)

  it('opens for its list and filters, in whatever order the filters are', () => {
    expect(cursors.open({ list: 'posts', filters: { category: 'a' } }, Key, cursor)).toEqual(key)
    expect(cursors.open(scope, Key, undefined)).toBeUndefined()
  })

  it.each([
    ['another list', { list: 'search', filters: { category: 'a' } }],
    ['another filter', { list: 'posts', filters: { category: 'b' } }],
    ['one filter less', { list: 'posts', filters: {} }],
  ])('does not open for %s', (_, other) => {
    expect(() => cursors.open(other, Key, cursor)).toThrow(expect.objectContaining({ code: 'INVALID_CURSOR' }) as Error)
  })

  it('does not open if any of its characters was changed', () => {
    for (let at = 0; at < cursor.length; at += 1) {
      const edited = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1)
      expect(() => cursors.open(scope, Key, edited)).toThrow('The cursor does not belong to this list')
    }
  })

  it('signed with another secret is not accepted', () => {
    expect(() => cursorsWith().open(scope, Key, cursor)).toThrow('The cursor does not belong to this list')
  })
})

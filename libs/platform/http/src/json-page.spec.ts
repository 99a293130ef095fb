import { withNextCursor } from './json-page.js'

const sign = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url')

describe('a ready-made page', () => {
  it.each([
    ['{"items":[{"id":1}],"next":{"at":"t","id":"x"}}', { items: [{ id: 1 }], nextCursor: sign({ at: 't', id: 'x' }) }],
    ['{"items" : [], "next" : null}', { items: [], nextCursor: null }],
    ['{"items":[{"body":",\\"next\\":null}"}],"next":null}', { items: [{ body: ',"next":null}' }], nextCursor: null }],
  ])('%s gets a signed cursor, its items as they were', (page, expected) => {
    expect(JSON.parse(withNextCursor(page, sign))).toEqual(expected)
  })

  it('that does not end with its key is a fault of ours', () => {
    expect(() => withNextCursor('{"next":null,"items":[]}', sign)).toThrow('ends with its field "next"')
  })
})

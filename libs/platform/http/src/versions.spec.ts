import { etagOf, versionIn } from './versions.js'

it('a version comes back from its ETag', () => {
  expect(versionIn(etagOf(7))).toBe(7)
  expect(versionIn(' W/"12" ')).toBe(12)
})

it.each(['7', '"x"', '"0"', '"-1"', '"1", "2"', '*', ''])('If-Match: %s names no version', (header) => {
  expect(() => versionIn(header)).toThrow(expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error)
})

it('without If-Match there is no version', () => {
  expect(() => versionIn(undefined)).toThrow(expect.objectContaining({ code: 'PRECONDITION_REQUIRED' }) as Error)
})

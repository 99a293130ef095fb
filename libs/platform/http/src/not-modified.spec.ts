import { isKnown } from './not-modified.js'

it.each(['"1"', 'W/"1"', '"0", "1"', ' W/"0" ,W/"1"', '*'])('If-None-Match: %s matches version 1', (header) => {
  expect(isKnown('"1"', { 'if-none-match': header })).toBe(true)
})

it.each(['"2"', '1', '"11"', 'w/"1"', '"0", *', ''])('If-None-Match: %s does not match', (header) => {
  expect(isKnown('"1"', { 'if-none-match': header })).toBe(false)
})

it('without If-None-Match nothing matches', () => {
  expect(isKnown('"1"', {})).toBe(false)
})

it.each(['"1"', '"0", "1"', '*'])('If-Match: %s allows version 1 to be read', (header) => {
  expect(isKnown('"1"', { 'if-match': header })).toBe(false)
  expect(isKnown('"1"', { 'if-match': header, 'if-none-match': '"1"' })).toBe(true)
})

it.each(['"2"', '1', ''])('If-Match: %s does not allow it', (header) => {
  expect(() => isKnown('"1"', { 'if-match': header, 'if-none-match': '"1"' })).toThrow(
    expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error,
  )
})

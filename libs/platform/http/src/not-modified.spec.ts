import { isKnown } from './not-modified.js'

it.each(['"1"', 'W/"1"', '"0", "1"', ' W/"0" ,W/"1"', '*'])('If-None-Match: %s knows version 1', (header) => {
  expect(isKnown('"1"', { 'if-none-match': header })).toBe(true)
})

it.each(['"2"', '1', '"11"', 'w/"1"', '"0", *', ''])('If-None-Match: %s does not', (header) => {
  expect(isKnown('"1"', { 'if-none-match': header })).toBe(false)
})

it('without If-None-Match nothing is known', () => {
  expect(isKnown('"1"', {})).toBe(false)
})

it.each(['"1"', '"0", "1"', '*'])('If-Match: %s lets version 1 be read', (header) => {
  expect(isKnown('"1"', { 'if-match': header })).toBe(false)
  expect(isKnown('"1"', { 'if-match': header, 'if-none-match': '"1"' })).toBe(true)
})

it.each(['"2"', '1', ''])('If-Match: %s does not', (header) => {
  expect(() => isKnown('"1"', { 'if-match': header, 'if-none-match': '"1"' })).toThrow(
    expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error,
  )
})

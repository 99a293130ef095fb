import { etagOf, expectedVersion } from './versions.js'

const failed = expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error

it('a version is restored from its ETag', () => {
  expect(expectedVersion({ 'if-match': etagOf(7) })).toEqual({ version: 7 })
})

it.each<[string, number | number[] | undefined]>([
  [' W/"12" ', 12],
  ['"1", "2"', [1, 2]],
  ['"1","1" ,', 1],
  [', "3" , W/"4","other"', [3, 4]],
  ['"1,2", "3"', 3],
  ['*', undefined],
  [' * ', undefined],
])('If-Match: %s expects %j', (header, version) => {
  expect(expectedVersion({ 'if-match': header }).version).toEqual(version)
})

it.each(['7', '"x"', '"0"', '"-1"', '"01"', '"9999999999"', '*, "1"', '"1" "2"', 'w/"1"', '""', ''])('If-Match: %s names no version', (header) => {
  expect(() => expectedVersion({ 'if-match': header })).toThrow(failed)
})

it('a version named in If-None-Match is not expected', () => {
  expect(expectedVersion({ 'if-match': '"1", "2"', 'if-none-match': '"1"' })).toEqual({ version: 2 })
  expect(() => expectedVersion({ 'if-match': '"1"', 'if-none-match': '"2", W/"1"' })).toThrow(failed)
  expect(() => expectedVersion({ 'if-match': '*', 'if-none-match': '*' })).toThrow(failed)
})

it('without If-Match there is no version', () => {
  expect(() => expectedVersion({})).toThrow(expect.objectContaining({ code: 'PRECONDITION_REQUIRED' }) as Error)
})

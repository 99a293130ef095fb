import { instant, rowTypes, safeInteger } from './row-types.js'

const parse = (oid: number, text: string): unknown => (rowTypes.getTypeParser(oid as never) as (text: string) => unknown)(text)

it.each([
  ['2026-01-31 12:00:00+00', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31 12:00:00.1+00', '2026-01-31T12:00:00.100Z'],
  ['2026-01-31 12:00:00.123456+00', '2026-01-31T12:00:00.123Z'],
  ['infinity', 'infinity'],
])('the time %s is read as %s', (text, expected) => {
  expect(instant(text)).toBe(expected)
})

it('a time that RFC 3339 cannot express is an error', () => {
  expect(() => instant('0044-03-15 12:00:00+00 BC')).toThrow('no RFC 3339 form')
})

it('an int8 is a number up to 2^53 and an error beyond', () => {
  expect(safeInteger('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => safeInteger('9007199254740992')).toThrow('beyond 2^53')
})

it('arrays of times and numbers are read like single ones', () => {
  expect(parse(1185, '{"2026-01-31 12:00:00+00",NULL}')).toEqual(['2026-01-31T12:00:00.000Z', null])
  expect(parse(1016, '{{1,2},{3,4}}')).toEqual([
    [1, 2],
    [3, 4],
  ])
})

it('a date stays text, and JSON is a value', () => {
  expect(parse(1082, '2026-01-31')).toBe('2026-01-31')
  expect(parse(3802, '{"a":[1]}')).toEqual({ a: [1] })
})

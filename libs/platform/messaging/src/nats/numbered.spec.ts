import { maxNumber, maxNumberBytes, numbered, readNumbered } from './numbered.js'

it.each([1, 7, 65_536, maxNumber])('a message has its number back: %i', (number) => {
  for (const text of ['', 'V{}', '\n', '7\nV', 'greet\n5000\n\n{}']) expect(readNumbered(numbered(number, text))).toEqual({ number, text })
})

it('no number is longer than a message has room for', () => {
  expect(numbered(maxNumber, '')).toHaveLength(maxNumberBytes)
})

it.each([
  '',
  '\n',
  '7',
  ' \nV',
  '-1\nV',
  '0\nV',
  '1.5\nV',
  '0x10\nV',
  '1e3\nV',
  'NaN\nV',
  `${maxNumber + 1}\nV`,
  `${'9'.repeat(400)}\nV`,
  'greet\n5000',
])('a message that does not begin with a number has none, and all of its text: %j', (text) => {
  expect(readNumbered(text)).toEqual({ number: undefined, text })
})

import { onOneLine, splitList } from './sql-text.js'

it('a list is divided at its own commas only', () => {
  expect(splitList(`ADD a numeric(10, 2), ADD b text DEFAULT 'x, (', ADD "c, d" int[1]`)).toEqual([
    'ADD a numeric(10, 2)',
    `ADD b text DEFAULT 'x, ('`,
    'ADD "c, d" int[1]',
  ])
})

it('lines of comment are left out', () => {
  expect(onOneLine('-- squawk-ignore ban-drop-column\n  ALTER TABLE a\n    DROP b')).toBe('ALTER TABLE a DROP b')
})

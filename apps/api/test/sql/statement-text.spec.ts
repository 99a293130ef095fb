import { statementText } from './statement-text.js'

it('a statement is shown the same however many rows and values its batch has', () => {
  const one = 'INSERT INTO a ("id", "at") VALUES ($1, now()) ON CONFLICT DO UPDATE SET at = $2'
  const three = 'INSERT INTO a ("id", "at") VALUES ($1, now()), ($2, now()), ($3, now()) ON CONFLICT DO UPDATE SET at = $4'
  expect(statementText(three)).toBe(statementText(one))
  expect(statementText(one)).toBe('INSERT INTO a ("id", "at") VALUES ($1, now()) ON CONFLICT DO UPDATE SET at = $2')
  expect(statementText('SELECT 1 FROM a WHERE id IN ($1, $2, $3) AND b = $4')).toBe('SELECT 1 FROM a WHERE id IN ($1) AND b = $2')
})

it('a statement without a list is shown as it is sent, without the indentation of the code', () => {
  expect(statementText('\n    SELECT $2\n      FROM a\n    WHERE b = $1')).toBe('SELECT $2\n  FROM a\nWHERE b = $1')
})

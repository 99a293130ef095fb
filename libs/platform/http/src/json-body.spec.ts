import { AppError } from '@kilomega/ports'
import { parseJsonBody } from './json-body.js'

const list = (count: number, item: string): string => `[${Array(count).fill(item).join()}]`
const fields = (count: number): string => Array.from({ length: count }, (_, index) => `"name${index}":1`).join()

function refusalOf(text: string): unknown {
  try {
    parseJsonBody(text)
  } catch (error) {
    return error instanceof AppError ? (error.details as { errors: { message: string }[] }).errors[0]!.message : error
  }
  return undefined
}

describe('A JSON body', () => {
  it.each([
    ['20,000 fields', `{${fields(20_000)}}`],
    ['10,000 objects and lists', list(9_999, '{}')],
    ['1,000 events with 16 properties', list(1_000, `{"name":"x","properties":{${fields(16)}}}`)],
    ['texts that look like objects', list(1, JSON.stringify('{[":'.repeat(30_000)))],
  ])('is read with %s', (_, text) => {
    expect(parseJsonBody(text)).toEqual(JSON.parse(text))
  })

  it.each([
    ['20,001 fields', `{${fields(20_001)}}`, 'A body has at most 20000 fields in all'],
    ['10,001 objects and lists', list(10_000, '{}'), 'A body has at most 10000 objects and lists in all'],
    ['10,001 lists', list(10_000, '[]'), 'A body has at most 10000 objects and lists in all'],
    ['few lists of many', list(600, '['.repeat(18) + ']'.repeat(18)), 'A body has at most 10000 objects and lists in all'],
    ['nothing but opening brackets', '['.repeat(200_000), 'A body has at most 10000 objects and lists in all'],
    ['30 levels', '['.repeat(30) + ']'.repeat(30), 'This is nested deeper than 20 levels'],
    ['a premature end', '{"a":', 'The body is not JSON'],
  ])('is refused with %s', (_, text, message) => {
    expect(refusalOf(text)).toMatch(message)
  })
})

import { errorText } from './process-log.js'

describe('What the launcher shows of the log', () => {
  it.each([
    ['{"level":"info","msg":"Ready"}', undefined],
    ['{"level":"warn","msg":"Slow"}', undefined],
    ['{"level":"error","msg":"A job failed too often"}', 'A job failed too often'],
    ['{"level":"error","msg":"A job failed","err":{"message":"disk full"}}', 'A job failed: disk full'],
    ['{"level":60,"msg":"Gone"}', 'Gone'],
    ['{"level":30,"msg":"Ready"}', undefined],
    ['(node:1) a warning of Node', '(node:1) a warning of Node'],
    ['"text"', '"text"'],
    ['  ', undefined],
  ])('of %s is %s', (line, shown) => {
    expect(errorText(line)).toBe(shown)
  })
})

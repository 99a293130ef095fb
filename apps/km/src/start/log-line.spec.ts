import { errorText, plainText, isHealthRequest } from './log-line.js'

describe('The log lines that the launcher shows', () => {
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

describe('The last log lines of a process', () => {
  it.each([
    ['{"level":"info","time":"2026-11-25T15:26:29.240Z","signal":"process.ready","msg":"Ready"}', '15:26:29.240 info Ready'],
    [
      '{"level":"error","msg":"A job failed","err":{"message":"disk full","stack":"Error: disk full\\n    at work"}}',
      'error A job failed\n    Error: disk full\n        at work',
    ],
    ['Error: cannot find module', 'Error: cannot find module'],
  ])('of %s are %s', (line, words) => {
    expect(plainText(line)).toBe(words)
  })

  it('leave out health requests', () => {
    expect(isHealthRequest('{"level":"info","signal":"http.request","method":"GET","route":"/health/ready","status":503}')).toBe(true)
    expect(isHealthRequest('{"level":"info","signal":"http.request","method":"GET","route":"/v1/posts","status":503}')).toBe(false)
  })
})

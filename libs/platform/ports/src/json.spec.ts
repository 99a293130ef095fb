import { notJson } from './json.js'

describe('a value that JSON would lose', () => {
  it.each([null, true, 0, 'text', [], {}, [1, { a: [null] }], Object.create(null), { left: undefined }])('is not in %j', (value) => {
    expect(notJson(value)).toBeUndefined()
  })

  it.each([
    [NaN, '$ is NaN'],
    [undefined, '$ is a undefined'],
    [10n, '$ is a bigint'],
    [{ a: [1, () => 1] }, '$.a[1] is a function'],
    [{ at: new Date() }, '$.at is a Date'],
    [[new Map()], '$[0] is a Map'],
    [[undefined], '$[0] is a undefined'],
  ])('is named by its path: %j', (value, problem) => {
    expect(notJson(value)).toBe(problem)
  })
})

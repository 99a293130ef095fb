import { durationText } from './duration.js'
import { tableText } from './table.js'

describe('On the terminal', () => {
  it.each([
    [840, '840 ms'],
    [3_240, '3.2 s'],
    [252_000, '4 min 12 s'],
  ])('%d ms are %s', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text)
  })

  it('a table has no colours of its own', () => {
    expect(tableText(['what'], [['this']])).toMatch(/^[^\u001b]*$/)
  })
})

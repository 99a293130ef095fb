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

  it('a table adds no colours', () => {
    expect(tableText(['what'], [['this']])).toMatch(/^[^\u001b]*$/)
  })

  it('a table that is too wide wraps its widest column', () => {
    const text = tableText(['what', 'problem'], [['api', 'it has ended a while ago, and nobody knows']], { columns: 40 })
    expect(text.split('\n').map((line) => line.length)).toEqual([40, 40, 40, 40, 40, 40])
    expect(text).toContain('it has ended a while ago,')
  })
})

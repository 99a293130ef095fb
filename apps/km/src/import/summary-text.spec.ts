import { summaryText } from './summary-text.js'

const summary = { file: 'all.ndjson', lines: 100, resumedAfterLine: 0, created: 0, unchanged: 100, badLines: [], tookMs: 1_000 }

describe('The summary of an import', () => {
  it('says that nothing was added when everything already existed', () => {
    expect(summaryText(summary)).toContain('Nothing was added: 100 documents exist already.')
  })

  it('says that a file has no lines', () => {
    expect(summaryText({ ...summary, lines: 0, unchanged: 0 })).toBe('Nothing to import: all.ndjson has no lines.')
  })

  it('says where it resumed', () => {
    expect(summaryText({ ...summary, resumedAfterLine: 40, created: 60 })).toContain('Went on after line 40')
  })

  it('names the first bad lines and counts the rest', () => {
    const badLines = Array.from({ length: 25 }, (_, index) => ({ line: index + 1, problem: 'is not JSON' }))
    const text = summaryText({ ...summary, badLines })
    expect(text).toContain('25 bad lines were skipped:\n  line 1: is not JSON')
    expect(text).toContain('and 5 more')
  })
})

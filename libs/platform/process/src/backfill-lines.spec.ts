import { backfillLines } from './backfill-lines.js'

const at = (seen: number, about: number | null) => ({ lastKey: [String(seen)], seen, changed: seen, about })

describe('A running backfill', () => {
  let lines: string[]
  let report: ReturnType<typeof backfillLines>
  beforeEach(() => {
    jest.useFakeTimers()
    lines = []
    report = backfillLines((line) => lines.push(line))
  })
  afterEach(() => jest.useRealTimers())

  it('says every two seconds how far it is, whatever the number of its batches', () => {
    for (let batch = 1; batch <= 100; batch += 1) {
      jest.advanceTimersByTime(50)
      report('content', '202612010200-fill-slug', at(batch * 5_000, 1_000_000))
    }
    expect(lines).toEqual(['content: 202612010200-fill-slug, 200,000 rows, 20%', 'content: 202612010200-fill-slug, 400,000 rows, 40%'])
  })

  it('does not claim to be through before it is, when the server has counted fewer rows', () => {
    jest.advanceTimersByTime(3_000)
    report('content', '202612010200-fill-slug', at(2_000, 1_000))
    jest.advanceTimersByTime(3_000)
    report('content', '202612010200-fill-slug', at(3_000, null))
    expect(lines).toEqual(['content: 202612010200-fill-slug, 2,000 rows, 99%', 'content: 202612010200-fill-slug, 3,000 rows'])
  })
})

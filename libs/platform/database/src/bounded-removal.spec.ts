import type { SignalName } from '@kilomega/observability'
import { removeBounded, removeInBatches } from './bounded-removal.js'

/** Runs a removal over this many rows. Returns the limits it asked for, the total removed, and the signals emitted. */
async function run(rows: number) {
  const [limits, emitted]: [number[], [SignalName, object | undefined][]] = [[], []]
  const remove = async (limit: number): Promise<number> => {
    limits.push(limit)
    const count = Math.min(limit, rows)
    rows -= count
    return count
  }
  const signals = { emit: (name: SignalName, fields?: object) => void emitted.push([name, fields]) }
  const removed = await removeBounded({ what: 'notes.note', batch: 10, most: 25, remove }, signals)
  return { removed, limits, emitted }
}

describe('a removal by age', () => {
  it('continues batch after batch until nothing is left, without a signal', async () => {
    expect(await run(0)).toEqual({ removed: 0, limits: [10], emitted: [] })
    expect(await run(13)).toEqual({ removed: 13, limits: [10, 10], emitted: [] })
  })

  it('stops at the limit for one run, and reports it', async () => {
    expect(await run(1_000_000)).toEqual({ removed: 25, limits: [10, 10, 5], emitted: [['retention.stopped', { what: 'notes.note', removed: 25 }]] })
  })
})

it('a removal of all says whether anything is left for another run', async () => {
  let rows = 30
  const remove = async (limit: number): Promise<number> => {
    const count = Math.min(limit, rows)
    rows -= count
    return count
  }
  const run = () => removeInBatches({ batch: 10, most: 25, remove })
  expect(await run()).toEqual({ removed: 25, done: false })
  expect(await run()).toEqual({ removed: 5, done: true })
})

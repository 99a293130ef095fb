import type { SignalName } from '@kilomega/observability'
import { removeBounded, removeInBatches } from './bounded-removal.js'

/** Removes from so many rows; what was asked for, what was removed in all, and what was said. */
async function run(rows: number) {
  const [asked, said]: [number[], [SignalName, object | undefined][]] = [[], []]
  const remove = async (limit: number): Promise<number> => {
    asked.push(limit)
    const count = Math.min(limit, rows)
    rows -= count
    return count
  }
  const signals = { emit: (name: SignalName, fields?: object) => void said.push([name, fields]) }
  const removed = await removeBounded({ what: 'notes.note', batch: 10, most: 25, remove }, signals)
  return { removed, asked, said }
}

describe('a removal by age', () => {
  it('goes on batch after batch until nothing is left, and says nothing', async () => {
    expect(await run(0)).toEqual({ removed: 0, asked: [10], said: [] })
    expect(await run(13)).toEqual({ removed: 13, asked: [10, 10], said: [] })
  })

  it('stops at what a run may remove, and says so', async () => {
    expect(await run(1_000_000)).toEqual({ removed: 25, asked: [10, 10, 5], said: [['retention.stopped', { what: 'notes.note', removed: 25 }]] })
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

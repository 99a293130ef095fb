import { describeWithRedis, eventually } from '@kilomega/testing'
import { Dock, kinds } from '../test/dock.js'
import type { Backend } from '../test/harbour.js'

let dock: Dock
const open = (backend: Backend) => () => {
  beforeAll(async () => {
    dock = await Dock.open(backend)
  }, 60_000)
  afterAll(() => dock?.close())

  it('of every kind ends at its timeout, and its kind, the other kinds and their canaries continue', async () => {
    const endless = await Promise.all(kinds.map((kind) => dock.ask(kind, 'Endless')))
    await eventually(() => kinds.every((kind) => dock.startsOf(kind, 'Endless').length > 0))
    const [others, canaries] = [
      await Promise.all(kinds.map((kind) => dock.ask(kind, 'Quick'))),
      await Promise.all(kinds.map((kind) => dock.askCanary(kind))),
    ]
    await dock.settled([...others, ...canaries, ...endless])
    const letters = await dock.deadLetters()
    expect(letters.map(({ id }) => id).sort()).toEqual([...endless].sort())
    for (const { reason } of letters) expect(reason).toMatch(/^DEADLINE_EXCEEDED: /)
    for (const kind of kinds) {
      const starts = dock.startsOf(kind, 'Endless')
      expect(starts.map(({ run, signal }) => [run.attempt, signal.aborted])).toEqual([
        [1, true],
        [2, true],
      ])
    }
  })
}

describe('a job that never answers, in Postgres', open('postgres'))
describeWithRedis('a job that never answers, in Redis', open('redis'))

import { PostRemoved, SearchPort } from '@kilomega/contracts'
import { type OpenedPort, openPort } from '@kilomega/port-testing'
import { eventually, FakeClock } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { implementation } from './index.js'
import { SearchJobs } from './search.jobs.js'

const dayMs = 86_400_000
const remembered = 'SELECT count(*)::int AS count FROM search.document WHERE removed_at IS NOT NULL'

describe('removals in the index', () => {
  const clock = new FakeClock(new Date().toISOString())
  let opened: OpenedPort<typeof SearchPort>
  beforeAll(async () => (opened = await openPort(implementation, { clock })))
  afterAll(() => opened.close())

  const count = async () => (await opened.database.database.read((queryable) => queryable.query<{ count: number }>(remembered)))[0]!.count

  it('are kept for two weeks by the clock of the database, even if the clock of a process is weeks ahead', async () => {
    await opened.tell(PostRemoved({ id: uuidv7(), version: 2, authorId: uuidv7(), mediaIds: [] }))
    await eventually(async () => (await count()) === 1)
    clock.advance(21 * dayMs)
    await opened.get(SearchJobs).forgetRemovals()
    clock.advance(-21 * dayMs)
    expect(await count()).toBe(1)
    const older = `UPDATE search.document SET removed_at = removed_at - interval '15 days'`
    await opened.database.database.write((transaction) => transaction.query(older))
    await opened.get(SearchJobs).forgetRemovals()
    expect(await count()).toBe(0)
  })
})

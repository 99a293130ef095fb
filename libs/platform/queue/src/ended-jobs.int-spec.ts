import { ledgerMigrations } from '@kilomega/messaging'
import { eventually, openDatabase, SignalsRecorder, type TestDatabase } from '@kilomega/testing'
import { StopBudget } from '@kilomega/observability'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { EndedJobs } from './ended-jobs.js'
import { job } from './job.js'

const count = 300_000
const Haul = job('crew.haul', z.object({}))
const last = uuidv7()
const addDelivery = `INSERT INTO crew.delivery (subscriber, event_id) VALUES ('queue:crew.haul', $1)`

describe('jobs that have ended', () => {
  let opened: TestDatabase
  beforeAll(async () => {
    opened = await openDatabase({ modules: [{ schema: 'crew', migrations: [] }], platform: ledgerMigrations })
  }, 60_000)
  afterAll(() => opened?.close(), 60_000)

  const write = (sql: string) => opened.databases.of('crew').write((transaction) => transaction.query(sql))

  it('are all recorded when the ledger can be written again, however many there are by then', async () => {
    const signals = new SignalsRecorder()
    const ended = new EndedJobs(opened.databases, signals, new StopBudget(signals))
    // Only the last one has a row: this test is about the many ends that wait in memory.
    await opened.databases.of('crew').write((transaction) => transaction.query(addDelivery, [last]))
    await write('ALTER TABLE crew.delivery RENAME TO away')
    for (let one = 1; one < count; one += 1) ended.done(Haul, uuidv7())
    ended.done(Haul, last)
    await eventually(() => expect(signals.of('queue.ledger-failed')[0]).toMatchObject({ fields: { jobs: count } }), 20_000)
    await write('ALTER TABLE crew.away RENAME TO delivery')
    const left = 'SELECT count(*)::int AS left FROM crew.delivery'
    await eventually(async () => {
      const rows = await opened.databases.of('crew').read((queryable) => queryable.query<{ left: number }>(left))
      expect(rows).toEqual([{ left: 0 }])
    }, 60_000)
    await ended.beforeApplicationShutdown()
  }, 120_000)
})

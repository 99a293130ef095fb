import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { DeliveryTable } from './delivery-table.js'
import { ledgerMigrations } from './ledger-migrations.js'

const schema = 'harbour'
const [heard, queue] = ['insurer.pay:harbour.ship-sank', 'queue:harbour.paint']

let opened: TestDatabase
const rows = <Row extends object>(sql: string, parameters?: unknown[]) =>
  opened.databases.of(schema).write((transaction) => transaction.query<Row>(sql, parameters))

/** Writes the deliveries that the previous version would writeOldDeliveries: due, backing off after an attempt, claimed, and a job in its queue. */
async function writeOldDeliveries(): Promise<void> {
  await rows(`INSERT INTO harbour.subscriber (event_name, name) VALUES ('harbour.ship-sank', $1), ('job:harbour.paint', $2)`, [heard, queue])
  await rows(`INSERT INTO harbour.outbox (id, name, payload, request_id)
    SELECT uuidv7(), CASE WHEN number <= 3 THEN 'harbour.ship-sank' ELSE 'job:harbour.paint' END, to_json(number), 'r' FROM generate_series(1, 5) AS number`)
  await rows(
    `INSERT INTO harbour.delivery (subscriber, event_id, attempts, due_at)
      SELECT CASE WHEN name LIKE 'job:%' THEN $2 ELSE $1 END, id, CASE payload::text WHEN '2' THEN 4 WHEN '3' THEN 1 ELSE 0 END,
        CASE WHEN payload::text IN ('1', '4') THEN now() ELSE now() + interval '1 minute' END
      FROM harbour.outbox`,
    [heard, queue],
  )
}

describe('A delivery that was pending before the ledger had states', () => {
  const at = ledgerMigrations(schema).findIndex(({ name }) => name.includes('delivery-states'))
  const [states, ...later] = ledgerMigrations(schema).slice(at)
  beforeEach(async () => {
    const before = (name: string) => ledgerMigrations(name).slice(0, at)
    opened = await openDatabase({ modules: [{ schema, migrations: [] }], platform: before })
    await writeOldDeliveries()
    for (const { up } of [states!, ...later]) for (const statement of up) await rows(statement)
  })
  afterEach(() => opened.close())

  it('keeps its state: due now, waiting for its next attempt or the end of its lease, or in its queue', async () => {
    const states = await rows<object>(
      `SELECT payload::text AS number, state, attempts, due_at > now() AS "isLater" FROM harbour.delivery JOIN harbour.outbox ON id = event_id ORDER BY id`,
    )
    expect(states).toEqual([
      { number: '1', state: 'pending', attempts: 0, isLater: false },
      { number: '2', state: 'retry', attempts: 4, isLater: true },
      { number: '3', state: 'retry', attempts: 1, isLater: true },
      { number: '4', state: 'pending', attempts: 0, isLater: false },
      { number: '5', state: 'published', attempts: 0, isLater: true },
    ])
  })

  it('is delivered or published once, when it is due', async () => {
    const [events, jobs] = [heard, queue].map((subscriber) => new DeliveryTable(opened.databases.of(schema), subscriber)) as [
      DeliveryTable,
      DeliveryTable,
    ]
    expect((await events.claim(10, 60_000)).map(({ payload }) => payload)).toEqual([1])
    expect((await jobs.publishDue(10, 60_000)).map(({ payload }) => payload)).toEqual([4])
    await rows(`UPDATE harbour.delivery SET due_at = now() WHERE state IN ('retry', 'published') AND lease = 0`)
    expect((await events.claim(10, 60_000)).map(({ payload }) => payload)).toEqual([2, 3])
    expect((await jobs.publishDue(10, 60_000)).map(({ payload }) => payload).sort()).toEqual([4, 5])
  })
})

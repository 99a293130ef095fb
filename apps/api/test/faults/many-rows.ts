import { type DatabaseTime, LedgerDays, ledgerMigrations } from '@kilomega/messaging'
import { openDatabase, type TestDatabase } from '@kilomega/testing'

const dayMs = 86_400_000
/** Rows in one statement. */
const portion = 500_000
export const [subscriber, queue] = ['insurer.pay:harbour.ship-sank', 'queue:harbour.paint']

/** Version 7 ids of the last ten days, in order. */
const fill = `
  INSERT INTO harbour.outbox (id, name, payload, request_id, occurred_at)
  SELECT (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(number % 4096), 3, '0') || '8000' || lpad(to_hex(number), 12, '0'))::uuid,
    $3, '{"name":"Beagle"}', 'r', to_timestamp(ms / 1000.0)
  FROM (
    SELECT number, (extract(epoch FROM now()) * 1000 - ($2 - number) * (864000000.0 / $2))::bigint AS ms FROM generate_series($1::bigint, $4::bigint) AS number
  ) AS rows`

/** The newest of them, due at once; and jobs of all days in their queue. */
const dueEvents = `
  INSERT INTO harbour.delivery (subscriber, event_id, due_at)
  SELECT $1, id, now() FROM harbour.outbox WHERE name = 'harbour.ship-sank' ORDER BY id DESC LIMIT $2`
const publishedJobs = `
  INSERT INTO harbour.delivery (subscriber, event_id, state, due_at)
  SELECT $1, id, 'published', now() + interval '1 hour' FROM harbour.outbox WHERE name = 'job:harbour.paint'`

/** A ledger of ten days, whose day partitions were created while it was filled; the events of the last three days are in the rest partition. */
export async function openManyRows({ events, due, jobs }: { events: number; due: number; jobs: number }): Promise<TestDatabase> {
  const settings = { DATABASE_STATEMENT_TIMEOUT_MS: '3600000' }
  const opened = await openDatabase({ modules: [{ schema: 'harbour', migrations: [] }], platform: ledgerMigrations, settings })
  const harbour = opened.databases.of('harbour')
  const run = (text: string, values: unknown[] = []) => harbour.write((transaction) => transaction.query(text, values))
  await run(`INSERT INTO harbour.subscriber (event_name, name) VALUES ('harbour.ship-sank', $1), ('job:harbour.paint', $2)`, [subscriber, queue])
  for (let ago = 12; ago > 3; ago -= 3) {
    const time = { nowMs: async () => Date.now() - ago * dayMs } as DatabaseTime
    await new LedgerDays(harbour, time).open('outbox')
  }
  for (const { name, count } of [
    { name: 'harbour.ship-sank', count: events },
    { name: 'job:harbour.paint', count: jobs },
  ])
    for (let from = 1; from <= count; from += portion) await run(fill, [from, count, name, Math.min(count, from + portion - 1)])
  await run(dueEvents, [subscriber, due])
  await run(publishedJobs, [queue])
  await run('ANALYZE harbour.outbox')
  await run('ANALYZE harbour.delivery')
  return opened
}

import { type Database, migration, type Transaction } from '@kilomega/database'
import { type Actor, CurrentCall, ownKeyPrefix, portErrors, runCall, system } from '@kilomega/ports'
import { DatabaseTime } from './database-time.js'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { ledgerMigrations } from './ledger-migrations.js'
import { LedgerRetention } from './ledger-retention.js'
import { OwnReceipts } from './own-receipts.js'
import { PostgresReceipts } from './receipts.postgres.js'

const createShip = migration('202601010000-create-ship', 'CREATE TABLE harbour.ship (id int GENERATED ALWAYS AS IDENTITY, name text NOT NULL)')
const ada: Actor = { kind: 'user', id: 'ada', role: 'user', sessionId: 's' }
const ben: Actor = { ...ada, id: 'ben' }

interface Ship {
  id: number
  name: string
}
interface Delivery {
  key?: string
  actor?: Actor
  operation?: string
  input?: unknown
  deadlineMs?: number
}
type Work<T> = (transaction: Transaction) => Promise<T>

describe('a command that leaves a receipt', () => {
  let opened: TestDatabase
  let harbour: Database
  const receipts = new PostgresReceipts()
  beforeAll(async () => {
    opened = await openDatabase({ schema: 'harbour', migrations: [createShip], platform: ledgerMigrations })
    harbour = opened.database
  })
  afterAll(() => opened.close())
  beforeEach(() => rows('TRUNCATE harbour.ship, harbour.command_receipt'))

  const rows = <Row extends object>(sql: string) => harbour.write((transaction) => transaction.query<Row>(sql))
  const names = async () => (await rows<Ship>('SELECT name FROM harbour.ship ORDER BY id')).map(({ name }) => name)
  const build =
    (name: string): Work<Ship> =>
    async (transaction) =>
      (await transaction.query<Ship>('INSERT INTO harbour.ship (name) VALUES ($1) RETURNING id, name', [name]))[0]!

  const callOf = ({ key = 'k', actor = ada, operation = 'harbour.build', input = { name: 'Beagle' }, deadlineMs = Infinity }: Delivery) =>
    new CurrentCall({ actor, trace: { requestId: 'test' }, key, command: { name: operation, input }, deadlineMs })
  const deliver = <T>(work: Work<T>, delivery: Delivery = {}, prepare?: () => Promise<void>) =>
    runCall(callOf(delivery), () => receipts.once(harbour, work, prepare))

  it('is done once and gives the same answer again, whatever has changed meanwhile', async () => {
    const first = await deliver(build('Beagle'))
    expect(await deliver(build('Never built'))).toEqual(first)
    expect(await deliver(() => Promise.reject(new Error('work was run')), { input: { name: 'Beagle', size: undefined } })).toEqual(first)
    expect(await names()).toEqual(['Beagle'])
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'with "quotes", \u0000 and é'],
    ['nested values', { items: [1, { two: false }], none: null }],
  ])('may answer %s', async (_what, answer) => {
    await deliver(async () => answer)
    expect(await deliver(async () => 'another')).toEqual(answer)
  })

  it('waits for a delivery that is in progress and returns its result', async () => {
    const { hold, release } = gate()
    const first = deliver(async (transaction) => {
      const ship = await build('Beagle')(transaction)
      await hold()
      return ship
    })
    await hold.reached
    const second = deliver(build('Twin'))
    await waiting()
    release()
    expect(await second).toEqual(await first)
    expect(await names()).toEqual(['Beagle'])
  })

  it('is done by the waiting delivery if the first one fails', async () => {
    const { hold, release } = gate()
    const first = deliver(async (transaction) => {
      await build('Sunk')(transaction)
      await hold()
      throw portErrors.CONFLICT()
    })
    await hold.reached
    const second = deliver(build('Beagle'))
    await waiting()
    release()
    await expect(first).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await second).toMatchObject({ name: 'Beagle' })
    expect(await names()).toEqual(['Beagle'])
  })

  it('waits no longer than its own deadline', async () => {
    const { hold, release } = gate()
    const first = deliver(async () => hold())
    await hold.reached
    await expect(deliver(build('Late'), { deadlineMs: performance.now() + 100 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    release()
    await first
    expect(await names()).toEqual([])
  })

  it('is done once for a hundred simultaneous deliveries', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => deliver(build('Ship ' + at))))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await names()).toEqual([answers[0]!.name])
  })

  it('leaves nothing when it fails, so that a repeat does it', async () => {
    await expect(deliver(() => Promise.reject(portErrors.CONFLICT()))).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await deliver(build('Beagle'))).toMatchObject({ name: 'Beagle' })
  })

  it('is refused under a key that was used for something else', async () => {
    await deliver(build('Beagle'))
    const reused = expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED', kind: 'conflict' })
    await expect(deliver(build('Bounty'), { input: { name: 'Bounty' } })).rejects.toEqual(reused)
    await expect(deliver(build('Bounty'), { operation: 'harbour.buy' })).rejects.toEqual(reused)
    await expect(deliver(build('Bounty'), { operation: 'harbour.buy' }, () => Promise.reject(portErrors.NOT_FOUND()))).rejects.toEqual(reused)
    expect(await names()).toEqual(['Beagle'])
  })

  it('keeps the keys of callers apart: no caller gets the answer of another', async () => {
    await deliver(build('Beagle'))
    expect(await deliver(build('Bounty'), { actor: ben })).toMatchObject({ name: 'Bounty' })
    expect(await deliver(build('Victory'), { actor: system })).toMatchObject({ name: 'Victory' })
    expect(await names()).toEqual(['Beagle', 'Bounty', 'Victory'])
  })

  it('survives a serialization failure', async () => {
    let runs = 0
    const failsFirst: Work<Ship> = async (transaction) => {
      runs += 1
      if (runs === 1) throw Object.assign(new Error('could not serialize access'), { code: '40001' })
      return build('Beagle')(transaction)
    }
    expect(await deliver(failsFirst)).toMatchObject({ name: 'Beagle' })
    expect(await deliver(failsFirst)).toMatchObject({ name: 'Beagle' })
    expect([runs, await names()]).toEqual([2, ['Beagle']])
  })

  it('prepares before its transaction, and needs no preparation to answer again', async () => {
    const refuse = () => Promise.reject(portErrors.NOT_FOUND())
    await expect(deliver(build('Beagle'), {}, refuse)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const ship = await deliver(build('Beagle'), {}, async () => {
      expect(await rows(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`)).toEqual([])
    })
    expect(await deliver(build('Twin'), {}, refuse)).toEqual(ship)
  })

  it('has no effect if its answer is not JSON or if it asks for a second receipt', async () => {
    const built = new Date()
    await expect(deliver(async (transaction) => ({ ...(await build('Beagle')(transaction)), built }))).rejects.toThrow('$.built is a Date')
    const twice = runCall(callOf({}), async () => {
      await receipts.once(harbour, build('Beagle'))
      await receipts.once(harbour, build('Bounty'))
    })
    await expect(twice).rejects.toThrow('harbour.build asks for a second receipt')
    expect(await names()).toEqual(['Beagle'])
  })

  it('is an ordinary transaction outside of a command', async () => {
    const job = new CurrentCall({ actor: system, trace: { requestId: 'test' }, key: 'job' })
    await runCall(job, () => receipts.once(harbour, build('Beagle')))
    await receipts.once(harbour, build('Bounty'), async () => expect(await names()).toEqual(['Beagle']))
    expect(await names()).toEqual(['Beagle', 'Bounty'])
    expect(await rows('SELECT FROM harbour.command_receipt')).toEqual([])
  })

  it('is deleted after twice the days that events are kept', async () => {
    for (const key of ['old', 'young']) await deliver(build(key), { key })
    await rows(`UPDATE harbour.command_receipt SET created_at = now() - CASE key WHEN 'old' THEN interval '15 days' ELSE interval '13 days' END`)
    const modules = { implementations: [{ name: 'harbour' }] } as never
    const config = { keepDays: 7 } as never
    await new LedgerRetention(modules, opened.databases, config, opened.signals, new DatabaseTime()).sweep()
    expect(await rows('SELECT key FROM harbour.command_receipt')).toEqual([{ key: 'young' }])
  })

  it('is deleted after minutes if only the platform knows its key', async () => {
    const own = (minutes: number) => `${ownKeyPrefix}${minutes}/harbour.build`
    for (const key of [own(4), own(6), 'a caller’s']) await deliver(build(key), { key })
    await rows(
      `UPDATE harbour.command_receipt SET created_at = now() - CASE WHEN key LIKE '%4/%' THEN interval '4 minutes' ELSE interval '6 minutes' END`,
    )
    await new OwnReceipts({ implementations: [{ name: 'harbour' }] } as never, opened.databases, opened.signals).forget()
    expect(await rows('SELECT key FROM harbour.command_receipt ORDER BY key')).toEqual([{ key: 'a caller’s' }, { key: own(4) }])
  })

  it('answers a repeat of the platform until then', async () => {
    const key = `${ownKeyPrefix}repeated`
    const first = await deliver(build('Beagle'), { key })
    expect(await deliver(build('Twin'), { key })).toEqual(first)
  })

  /** Resolves when a statement waits for another transaction. */
  async function waiting(): Promise<void> {
    const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await eventually(async () => expect(await rows(blocked)).toHaveLength(1))
  }
})

/** A point at which work waits until it is released. */
function gate() {
  let release!: () => void
  let arrive!: () => void
  const released = new Promise<void>((resolve) => (release = resolve))
  const reached = new Promise<void>((resolve) => (arrive = resolve))
  const hold = Object.assign(
    () => {
      arrive()
      return released
    },
    { reached },
  )
  return { hold, release }
}

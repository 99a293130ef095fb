import { HealthBoard } from '@kilomega/observability'
import { anonymous, CurrentCall, runCall } from '@kilomega/ports'
import { OpenNotes, sleep } from '../test/open-notes.js'
import type { Queryable } from './database.js'
import { openDatabases, type OpenedDatabases, outcome, within } from '../test/server.js'

const poolSize = 8
const writers = 40
const touch = `UPDATE notes.note SET text = text || '.' WHERE id = 1`
const addNote = 'INSERT INTO notes.note (id, text) VALUES ($1, $2)'
const count = 'SELECT count(*) FROM notes.note'

describe('while jobs and reports hold every connection that they get', () => {
  let opened: OpenNotes
  let crowd: OpenedDatabases
  beforeAll(async () => {
    opened = await OpenNotes.open()
    crowd = await openDatabases(opened.server, { DATABASE_POOL_SIZE: String(poolSize), DATABASE_CONNECT_TIMEOUT_MS: '700' })
    await opened.notes.write((transaction) => transaction.query(addNote, [1, 'one']))
  })
  afterAll(async () => {
    await crowd.databases.close()
    await opened.close()
  })

  const asRequest = <T>(work: () => Promise<T>): Promise<T> =>
    runCall(new CurrentCall({ actor: anonymous, trace: { requestId: 'test' }, deadlineMs: performance.now() + 300 }), work)
  const notes = () => crowd.databases.of('notes')
  const slow = (queryable: Queryable) => queryable.query(sleep, [2])
  const startMany = (start: () => Promise<unknown>) => Promise.all(Array.from({ length: 3 * poolSize }, () => outcome(start())))

  it.each<[string, () => Promise<unknown>]>([
    ['jobs that read', () => within(3_000, () => notes().read(slow))],
    ['jobs that write', () => within(3_000, () => notes().write(slow))],
    ['reports of requests', () => within(3_000, () => notes().report(slow))],
  ])('requests still read and write: %s', async (_, start) => {
    const many = startMany(start)
    while ((await opened.running()).length === 0) await new Promise(setImmediate)
    for (let requests = 0; requests < 10; requests += 1) {
      await asRequest(() => notes().read((queryable) => queryable.query(count)))
      await asRequest(() => notes().write((transaction) => transaction.query(touch)))
    }
    const codes = Map.groupBy(await many, ({ code }) => code)
    expect(codes.get(undefined)!.length).toBeGreaterThan(0)
    expect([...codes.keys()].sort()).toEqual(['POOL_SATURATED', undefined])
  })

  it('all reports together hold a quarter of the connections', async () => {
    const many = startMany(() => within(3_000, () => notes().report(slow)))
    const waiting = async () => (await crowd.databases.report())[0]!.waiting
    while ((await waiting()) < 3 * poolSize - poolSize / 4) await new Promise(setImmediate)
    while ((await opened.running()).length < poolSize / 4) await new Promise(setImmediate)
    expect(await opened.running()).toHaveLength(poolSize / 4)
    await many
  })
})

describe('while many writes wait for one row that another transaction holds', () => {
  let opened: OpenNotes
  let crowd: OpenedDatabases
  let release: () => void
  let held: Promise<void>
  let outcomes: Promise<{ code?: string; details?: unknown }[]>

  beforeAll(async () => {
    opened = await OpenNotes.open()
    crowd = await openDatabases(opened.server, { DATABASE_POOL_SIZE: String(poolSize) })
    await opened.notes.write((transaction) => transaction.query(addNote, [1, 'one']))
    await new Promise<void>((locked) => {
      held = opened.notes.write(async (transaction) => {
        await transaction.query(touch)
        locked()
        await new Promise<void>((resolve) => (release = resolve))
      })
    })
    const notes = crowd.databases.of('notes')
    const asked = () => new CurrentCall({ actor: anonymous, trace: { requestId: 'test' }, deadlineMs: performance.now() + 1_500 })
    const write = () => outcome(runCall(asked(), () => notes.write((transaction) => transaction.query(touch))))
    outcomes = Promise.all(Array.from({ length: writers }, write))
  })
  afterAll(async () => {
    await crowd.databases.close()
    await opened.close()
  })

  it('reads go on, the process is ready, other modules write, and so does the background work of the same module', async () => {
    const health = new HealthBoard()
    crowd.databases.registerChecks(health)
    const read = () => within(300, () => crowd.databases.of('notes').read((queryable) => queryable.query(count)))
    for (let reads = 0; reads < 20; reads += 1) expect(await Promise.all([read(), read()])).toHaveLength(2)
    expect((await health.report()).ready).toBe(true)
    for (const [id, schema] of ['others', 'notes'].entries()) {
      await within(300, () => crowd.databases.of(schema).write((transaction) => transaction.query(addNote, [10 + id, schema])))
    }
  })

  it('writes that get no connection are refused before their deadline, with the time to retry after', async () => {
    const codes = Map.groupBy(await outcomes, ({ code }) => code)
    expect([...codes.keys()].sort()).toEqual(['DEADLINE_EXCEEDED', 'POOL_SATURATED'])
    expect(codes.get('DEADLINE_EXCEEDED')!.length).toBeLessThan(poolSize)
    for (const refused of codes.get('POOL_SATURATED')!) expect(refused.details).toEqual({ retryAfterS: 1 })
  })

  it('the whole pool is available again when the row is free', async () => {
    release()
    await held
    const notes = crowd.databases.of('notes')
    await Promise.all(Array.from({ length: writers }, () => within(2_000, () => notes.write((transaction) => transaction.query(touch)))))
  })
})

import { setTimeout as wait } from 'node:timers/promises'
import { statusOf } from '@kilomega/ports'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { insert, OpenNotes, select, sleep } from '../test/open-notes.js'
import { outcome, within } from '../test/server.js'
import type { Database, LastStatement, Transaction } from './database.js'
import { isUniqueViolation } from './database-errors.js'
import { countStatements } from './statement-count.js'

@Entity({ schema: 'notes', name: 'note' })
class Note {
  @PrimaryColumn('int')
  id!: number

  @Column('text')
  text!: string
}

let opened: OpenNotes
let notes: Database

beforeAll(async () => {
  opened = await OpenNotes.open([Note])
  notes = opened.notes
})
beforeEach(() => notes.write((transaction) => transaction.query('TRUNCATE notes.note')))
afterAll(() => opened.close())

const rows = () => notes.read((queryable) => queryable.query<Note>(select))

describe('a write', () => {
  it('is committed when it resolves, and its hooks have run', async () => {
    const hook = jest.fn()
    await notes.write(async (transaction) => {
      await transaction.query(insert, [1, 'one'])
      transaction.afterCommit(hook)
      expect(hook).not.toHaveBeenCalled()
    })
    expect(hook).toHaveBeenCalledTimes(1)
    expect(await rows()).toEqual([{ id: 1, text: 'one' }])
  })

  it('that sends nothing resolves, and its hooks run', async () => {
    const hook = jest.fn()
    await notes.write(async (transaction) => transaction.afterCommit(hook))
    expect(hook).toHaveBeenCalledTimes(1)
    await expect(notes.write(() => Promise.reject(new Error('nothing was sent')))).rejects.toThrow('nothing was sent')
  })

  it.each([[[]], [[[2, 'two']]]])(
    'sends nothing more, and does not claim success, when a statement failed before it was sent, after %j',
    async (sent) => {
      const work = async (transaction: Transaction): Promise<void> => {
        for (const values of sent) await transaction.query(insert, values)
        await transaction.query(insert, 'no list of values' as never).catch(() => undefined)
        await transaction.query(insert, [1, 'one']).catch(() => undefined)
      }
      await expect(notes.write(work)).rejects.toThrow('its error was swallowed')
      expect(await rows()).toEqual([])
    },
  )

  it('leaves nothing behind when its work throws, not even on the connection', async () => {
    const hook = jest.fn()
    const work = async (transaction: Transaction): Promise<void> => {
      transaction.afterCommit(hook)
      await transaction.query(insert, [1, 'one'])
      await transaction.query('SELECT 1 / 0')
    }
    expect((await outcome(notes.write(work))).code).toBe('22012')
    expect(hook).not.toHaveBeenCalled()
    for (let connection = 0; connection < 3; connection += 1) expect(await rows()).toEqual([])
  })

  it('does not claim success when its work swallowed a failed statement', async () => {
    const work =
      (...lasts: LastStatement[]) =>
      async (transaction: Transaction) => {
        for (const last of lasts) transaction.withCommit(() => last)
        await transaction.query(insert, [1, 'one'])
        await transaction.query('SELECT 1 / 0').catch(() => undefined)
      }
    for (const one of [work(), work({ sql: insert, parameters: [2, 'two'] })]) {
      expect((await outcome(notes.write(one))).message).toContain('everything is rolled back')
      expect(await rows()).toEqual([])
    }
  })

  it('sends the commit statement after all others, and builds it when the work is done', async () => {
    let text = 'early'
    await notes.write(async (transaction) => {
      transaction.withCommit(() => ({ sql: insert, parameters: [1, text] }))
      transaction.withCommit(() => ({ sql: 'UPDATE notes.note SET text = text || $1', parameters: ['!'] }))
      await transaction.query(insert, [2, 'two'])
      text = 'late'
    })
    expect((await rows()).map(({ text: one }) => one)).toEqual(['late!', 'two!'])
  })

  it('commits nothing if that statement fails', async () => {
    await notes.write((transaction) => transaction.query(insert, [1, 'one']))
    const again = notes.write(async (transaction) => transaction.withCommit(() => ({ sql: insert, parameters: [1, 'again'] })))
    expect(isUniqueViolation(await outcome(again))).toBe(true)
    for (let connection = 0; connection < 3; connection += 1) expect(await rows()).toEqual([{ id: 1, text: 'one' }])
  })

  it('maps entities on the same connection', async () => {
    await notes.write(async ({ manager }) => {
      await manager.insert(Note, { id: 1, text: 'one' })
      expect((await outcome(manager.transaction((inner) => inner.query('SELECT 1 / 0')))).message).toContain('division by zero')
      expect(await manager.findOneBy(Note, { id: 1 })).toEqual({ id: 1, text: 'one' })
    })
    expect(await rows()).toEqual([{ id: 1, text: 'one' }])
  })

  it('reports that a row exists already', async () => {
    await notes.write((transaction) => transaction.query(insert, [1, 'one']))
    const byText = await outcome(notes.write((transaction) => transaction.query(insert, [1, 'again'])))
    const byEntity = await outcome(notes.write((transaction) => transaction.manager.insert(Note, { id: 1, text: 'again' })))
    for (const error of [byText, byEntity]) {
      expect(isUniqueViolation(error)).toBe(true)
      expect(isUniqueViolation(error, 'note_pkey')).toBe(true)
      expect(isUniqueViolation(error, 'other')).toBe(false)
    }
  })

  it('leaves nothing open when its only statement fails, however soon the connection is used again', async () => {
    await notes.write((transaction) => transaction.query(insert, [1, 'one']))
    const codes = new Set<string | undefined>()
    for (let time = 0; time < 500; time += 1) codes.add((await outcome(notes.write((transaction) => transaction.query(insert, [1, 'again'])))).code)
    expect([...codes]).toEqual(['23505'])
  })

  it('is retried after a serialization failure, three attempts in all', async () => {
    let attempts = 0
    const conflict = (until: number) => async (transaction: Transaction) => {
      attempts += 1
      await transaction.query(insert, [until * 10 + attempts, 'try'])
      if (attempts < until) await transaction.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$`)
    }
    await notes.write(conflict(3))
    expect(await rows()).toEqual([{ id: 33, text: 'try' }])
    attempts = 0
    expect((await outcome(notes.write(conflict(4)))).code).toBe('40001')
    expect(attempts).toBe(3)
  })

  it('that deadlocks with another is retried', async () => {
    await notes.write((transaction) => transaction.query('INSERT INTO notes.note VALUES (1, $1), (2, $1)', ['']))
    const update = `UPDATE notes.note SET text = text || 'x' WHERE id = $1`
    let arrived = 0
    const crosswise = (first: number, second: number) =>
      notes.write(async (transaction) => {
        await transaction.query(update, [first])
        arrived += 1
        while (arrived < 2) await wait(1)
        await transaction.query(update, [second])
      })
    await Promise.all([crosswise(1, 2), crosswise(2, 1)])
    expect(await rows()).toEqual([
      { id: 1, text: 'xx' },
      { id: 2, text: 'xx' },
    ])
  })
})

describe('a statement', () => {
  it('is prepared once on a connection, whatever its parameters', async () => {
    const names = await notes.read(async (queryable) => {
      for (const id of [1, 2, 3]) await queryable.query('SELECT id FROM notes.note WHERE id = $1', [id])
      return queryable.query(
        `SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements WHERE statement LIKE 'SELECT id FROM notes.note WHERE%'`,
      )
    })
    expect(names).toEqual([{ runs: 3 }])
  })

  it('is counted, but BEGIN and COMMIT are not', async () => {
    const { result, statements } = await countStatements(() => notes.write((transaction) => transaction.query('SELECT 1 AS one')))
    expect(result).toEqual([{ one: 1 }])
    expect(statements).toEqual(['SELECT 1 AS one'])
    expect(await opened.metrics.text()).toMatch(/database_statements_total\{schema="notes"\} \d+/)
  })

  it('waits for its turn when several are sent at once', async () => {
    const numbers = await notes.read((queryable) => Promise.all([1, 2, 3].map((number) => queryable.query('SELECT $1::int AS number', [number]))))
    expect(numbers.flat()).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
  })

  it('succeeds at the second attempt after a migration of its table', async () => {
    const all = 'SELECT * FROM notes.changing'
    await notes.write((transaction) => transaction.query('CREATE TABLE notes.changing (a int)'))
    await notes.read((queryable) => queryable.query(all))
    await notes.write((transaction) => transaction.query('ALTER TABLE notes.changing ADD b int'))
    const tries = [await outcome(notes.read((queryable) => queryable.query(all))), await outcome(notes.read((queryable) => queryable.query(all)))]
    expect(tries[1]).toEqual({})
  })

  it('that leaves a transaction open does not pass it on with the connection', async () => {
    await notes.read(async (queryable) => {
      await queryable.query('BEGIN')
      await queryable.query(`SET LOCAL application_name = 'left behind'`)
    })
    for (let connection = 0; connection < 3; connection += 1) {
      expect(await notes.read((queryable) => queryable.query('SHOW application_name'))).toEqual([{ application_name: 'kilomega' }])
    }
  })

  it('sent after the end of its transaction is refused', async () => {
    const late = await notes.write(async (transaction) => transaction)
    expect((await outcome(late.query(select))).message).toContain('after the end')
  })
})

describe('the pool', () => {
  it('refuses work when all connections are taken for too long', async () => {
    const release = new AbortController()
    const held = [1, 2].map(() => notes.read(() => new Promise<void>((resolve) => release.signal.addEventListener('abort', () => resolve()))))
    expect((await outcome(rows())).code).toBe('POOL_SATURATED')
    expect((await outcome(within(50, rows))).code).toBe('DEADLINE_EXCEEDED')
    release.abort()
    await Promise.all(held)
    expect(await rows()).toEqual([])
  })

  it('survives the server: work in progress gets an error, and the restarted server is used again', async () => {
    const cut = outcome(notes.read((queryable) => queryable.query(sleep, [30])))
    while ((await opened.running()).length === 0) await wait(5)
    await opened.server.stop()
    expect((await cut).code).toBe('DEPENDENCY_UNAVAILABLE')
    expect((await outcome(rows())).code).toBe('DEPENDENCY_UNAVAILABLE')
    await opened.startAgain()
    expect(await rows()).toEqual([])
  })

  it("reports that the server's disk is full, and goes on with the same connection", async () => {
    const full = `DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`
    const error = await outcome(notes.write((transaction) => transaction.query(full)))
    expect(error.code).toBe('DATABASE_FULL')
    expect(statusOf(error as { code: string; kind: 'unavailable' })).toBe(507)
    expect(await rows()).toEqual([])
  })

  it('never shows its password', async () => {
    await opened.server.stop()
    const error = await outcome(rows())
    await opened.startAgain()
    expect(JSON.stringify(error)).not.toContain(new URL(opened.server.url.reveal()).password)
  })
})

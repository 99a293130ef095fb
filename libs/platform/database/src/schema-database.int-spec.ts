import { setTimeout as wait } from 'node:timers/promises'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type OpenedDatabases, openDatabases, outcome, startServer, within } from '../test/server.js'
import type { Database, LastStatement, Transaction } from './database.js'
import { isUniqueViolation } from './database-errors.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'
import { countStatements } from './statement-count.js'

@Entity({ schema: 'notes', name: 'note' })
class Note {
  @PrimaryColumn('int')
  id!: number

  @Column('text')
  text!: string
}

const insert = 'INSERT INTO notes.note (id, text) VALUES ($1, $2)'
const select = 'SELECT id, text FROM notes.note ORDER BY id'
const sleep = 'SELECT pg_sleep($1)'

let server: EmbeddedPostgres
let folder: string
let opened: OpenedDatabases
let notes: Database

beforeAll(async () => {
  ;({ server, folder } = await startServer())
  opened = await openDatabases(server, { DATABASE_POOL_SIZE: '2', DATABASE_CONNECT_TIMEOUT_MS: '300' }, [Note])
  notes = opened.databases.of('notes')
  await notes.write(async (transaction) => {
    await transaction.query('CREATE SCHEMA notes')
    await transaction.query('CREATE TABLE notes.note (id int PRIMARY KEY, text text NOT NULL)')
  })
})
beforeEach(() => notes.write((transaction) => transaction.query('TRUNCATE notes.note')))
afterAll(async () => {
  await opened.databases.close()
  await EmbeddedPostgres.remove(folder)
})

const rows = () => notes.read((queryable) => queryable.query<Note>(select))
const running = async (): Promise<unknown[]> =>
  notes.read((queryable) =>
    queryable.query(`SELECT query FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`),
  )

describe('a write', () => {
  it('is there when it resolves, and its hooks have run', async () => {
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

  it('sends nothing more, and does not claim success, when its first statement failed before it had begun', async () => {
    const work = async (transaction: Transaction): Promise<void> => {
      await transaction.query(insert, 'no list of values' as never).catch(() => undefined)
      await transaction.query(insert, [1, 'one']).catch(() => undefined)
    }
    await expect(notes.write(work)).rejects.toThrow('its error was swallowed')
    expect(await rows()).toEqual([])
  })

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

  it('sends what goes with the commit after all else, and asks for it when the work is done', async () => {
    let text = 'early'
    await notes.write(async (transaction) => {
      transaction.withCommit(() => ({ sql: insert, parameters: [1, text] }))
      transaction.withCommit(() => ({ sql: 'UPDATE notes.note SET text = text || $1', parameters: ['!'] }))
      await transaction.query(insert, [2, 'two'])
      text = 'late'
    })
    expect((await rows()).map(({ text: one }) => one)).toEqual(['late!', 'two!'])
  })

  it('commits nothing where that fails', async () => {
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

  it('tells a module that a row is there already', async () => {
    await notes.write((transaction) => transaction.query(insert, [1, 'one']))
    const byText = await outcome(notes.write((transaction) => transaction.query(insert, [1, 'again'])))
    const byEntity = await outcome(notes.write((transaction) => transaction.manager.insert(Note, { id: 1, text: 'again' })))
    for (const error of [byText, byEntity]) {
      expect(isUniqueViolation(error)).toBe(true)
      expect(isUniqueViolation(error, 'note_pkey')).toBe(true)
      expect(isUniqueViolation(error, 'other')).toBe(false)
    }
  })

  it('is tried again after a serialization failure, three times in all', async () => {
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

  it('that deadlocks with another is tried again', async () => {
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

  it('is counted, and the frame of its transaction is not', async () => {
    const { result, statements } = await countStatements(() => notes.write((transaction) => transaction.query('SELECT 1 AS one')))
    expect(result).toEqual([{ one: 1 }])
    expect(statements).toEqual(['SELECT 1 AS one'])
    expect(await opened.metrics.text()).toMatch(/database_statements_total\{schema="notes"\} \d+/)
  })

  it('waits for its turn when several are asked for at once', async () => {
    const numbers = await notes.read((queryable) => Promise.all([1, 2, 3].map((number) => queryable.query('SELECT $1::int AS number', [number]))))
    expect(numbers.flat()).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
  })

  it('survives a migration of its table at the second try', async () => {
    const all = 'SELECT * FROM notes.changing'
    await notes.write((transaction) => transaction.query('CREATE TABLE notes.changing (a int)'))
    await notes.read((queryable) => queryable.query(all))
    await notes.write((transaction) => transaction.query('ALTER TABLE notes.changing ADD b int'))
    const tries = [await outcome(notes.read((queryable) => queryable.query(all))), await outcome(notes.read((queryable) => queryable.query(all)))]
    expect(tries[1]).toEqual({})
  })

  it('that leaves a transaction open does not hand it to the next who gets the connection', async () => {
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

describe('a deadline', () => {
  it.each(['read', 'write'] as const)('cancels what a %s runs', async (kind) => {
    const work = notes[kind].bind(notes) as Database['read']
    const startedMs = performance.now()
    expect((await outcome(within(100, () => work((queryable) => queryable.query(sleep, [30]))))).code).toBe('DEADLINE_EXCEEDED')
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(await running()).toEqual([])
  })

  it('that has passed sends nothing', async () => {
    const { statements } = await countStatements(async () => {
      expect((await outcome(within(0, rows))).code).toBe('DEADLINE_EXCEEDED')
      expect((await outcome(within(0, () => notes.write(async (transaction) => transaction.query(select))))).code).toBe('DEADLINE_EXCEEDED')
    })
    expect(statements).toEqual([])
  })

  it('that passes between statements rolls back', async () => {
    const slow = async (transaction: Transaction): Promise<void> => {
      await transaction.query(insert, [1, 'one'])
      await wait(150)
    }
    expect((await outcome(within(100, () => notes.write(slow)))).code).toBe('DEADLINE_EXCEEDED')
    expect(await rows()).toEqual([])
  })

  /** A read whose server process is stopped in the middle of it, and goes on when the read is over. */
  const readOfStopped = (database: Database): Promise<void> =>
    database.read(async (queryable) => {
      const [own] = await queryable.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      process.kill(own!.pid, 'SIGSTOP')
      try {
        await queryable.query(select)
      } finally {
        process.kill(own!.pid, 'SIGCONT')
      }
    })

  it('gives up a connection whose server hangs', async () => {
    expect((await outcome(within(300, () => readOfStopped(notes)))).code).toBe('DEADLINE_EXCEEDED')
    expect(await rows()).toEqual([])
  })

  it('gives it up 5 s after the statement should have ended, also for work that has all the time', async () => {
    const patient = await openDatabases(server, { DATABASE_POOL_SIZE: '1', DATABASE_STATEMENT_TIMEOUT_MS: '100' })
    const ownNotes = patient.databases.of('notes')
    expect((await outcome(readOfStopped(ownNotes))).code).toBe('DEPENDENCY_UNAVAILABLE')
    expect(await ownNotes.read((queryable) => queryable.query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
    await patient.databases.close()
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

  it('survives the server: work in flight is told, and the next start is used again', async () => {
    const cut = outcome(notes.read((queryable) => queryable.query(sleep, [30])))
    while ((await running()).length === 0) await wait(5)
    await server.stop()
    expect((await cut).code).toBe('DEPENDENCY_UNAVAILABLE')
    expect((await outcome(rows())).code).toBe('DEPENDENCY_UNAVAILABLE')
    server = await EmbeddedPostgres.start({ folder, port: server.port, durable: false })
    expect(await rows()).toEqual([])
  })

  it('never shows its password', async () => {
    await server.stop()
    const error = await outcome(rows())
    server = await EmbeddedPostgres.start({ folder, port: server.port, durable: false })
    expect(JSON.stringify(error)).not.toContain(new URL(server.url.reveal()).password)
  })
})

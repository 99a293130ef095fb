import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '@kilomega/ports'
import { insert, OpenNotes, select, sleep } from '../test/open-notes.js'
import { openDatabases, outcome, within } from '../test/server.js'
import type { Database, Transaction } from './database.js'
import { countStatements } from './statement-count.js'

let opened: OpenNotes
let notes: Database

beforeAll(async () => {
  opened = await OpenNotes.open()
  notes = opened.notes
})
afterAll(() => opened.close())

const rows = () => notes.read((queryable) => queryable.query(select))

describe('a deadline', () => {
  const slow: Record<string, () => Promise<unknown>> = {
    'a read': () => notes.read((queryable) => queryable.query(sleep, [30])),
    'a write': () => notes.write((transaction) => transaction.query(sleep, [30])),
    'a statement sent with the commit, as the only one': () =>
      notes.write(async (transaction) => transaction.withCommit(() => ({ sql: sleep, parameters: [30] }))),
  }

  it.each(Object.keys(slow))('cancels %s', async (kind) => {
    const startedMs = performance.now()
    expect((await outcome(within(100, slow[kind]!))).code).toBe('DEADLINE_EXCEEDED')
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(await opened.running()).toEqual([])
  })

  it('cancels a statement of the entity manager, whose error is that of the deadline and not one of TypeORM', async () => {
    const error: unknown = await within(100, () => notes.write((transaction) => transaction.manager.query(sleep, [30]))).catch(
      (cause: unknown) => cause,
    )
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
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

  /** A read whose server process is stopped in the middle and resumed after the read has ended. */
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

  /** As happens in a failover. */
  it('gives up a connection whose server hangs and accepts no cancel request, and works when the server is back', async () => {
    const killed = await outcome(
      within(300, () =>
        notes.read(async (queryable) => {
          const [own] = await queryable.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
          process.kill(own!.pid, 'SIGSTOP')
          process.kill(opened.server.pid, 'SIGKILL')
          try {
            await queryable.query(select)
          } finally {
            process.kill(own!.pid, 'SIGKILL')
          }
        }),
      ),
    )
    expect(killed.code).toBe('DEADLINE_EXCEEDED')
    await opened.startAgain()
    expect(await rows()).toEqual([])
  })

  it('gives up the connection 5 s after the statement should have ended, even for work without a deadline', async () => {
    const patient = await openDatabases(opened.server, { DATABASE_POOL_SIZE: '1', DATABASE_STATEMENT_TIMEOUT_MS: '100' })
    const ownNotes = patient.databases.of('notes')
    expect((await outcome(readOfStopped(ownNotes))).code).toBe('DEPENDENCY_UNAVAILABLE')
    expect(await ownNotes.read((queryable) => queryable.query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
    await patient.databases.close()
  })
})

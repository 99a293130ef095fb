import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Column, Entity, PrimaryColumn, type Repository } from 'typeorm'
import { insert, OpenNotes, select } from '../test/open-notes.js'
import { outcome, within } from '../test/server.js'
import type { Database } from './database.js'
import { countStatements } from './statement-count.js'

@Entity({ schema: 'notes', name: 'note' })
class Note {
  @PrimaryColumn('int')
  id!: number

  @Column('text')
  text!: string
}

let opened: OpenNotes
let database: Database
let notes: Repository<Note>

beforeAll(async () => {
  opened = await OpenNotes.open([Note])
  database = opened.notes
  notes = opened.repository(Note)
})
beforeEach(() => database.write((transaction) => transaction.query('TRUNCATE notes.note')))
afterAll(() => opened.close())

const rows = () => database.read((reading) => reading.query<Note>(select))
const fallAsleep = () => notes.createQueryBuilder().where('pg_sleep(30) IS NULL').getMany()
const otherCall = <T>(work: () => Promise<T>): Promise<T> => runCall(new CurrentCall({ actor: system, trace: { requestId: 'other' } }), work)

describe('a repository inside of a write', () => {
  it('sees and changes what its transaction does, and is rolled back with it', async () => {
    const failing = database.write(async (transaction) => {
      await transaction.query(insert, [1, 'one'])
      expect(await notes.findOneByOrFail({ id: 1 })).toEqual({ id: 1, text: 'one' })
      await notes.save({ id: 2, text: 'two' })
      await notes.update({ id: 1 }, { text: 'changed' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await rows()).toEqual([])
  })

  it('sends its statements within BEGIN and COMMIT of the write, and no savepoint for one row', async () => {
    const { statements } = await countStatements(() => database.write(() => notes.insert({ id: 1, text: 'one' })))
    expect(statements).toEqual([expect.stringContaining('INSERT INTO "notes"."note"')])
    expect(await notes.countBy({ id: 1 })).toBe(1)
  })

  it('leaves the end of the transaction to the write', async () => {
    const early = database.write(async ({ manager }) => {
      await manager.insert(Note, { id: 1, text: 'one' })
      await manager.queryRunner!.commitTransaction()
    })
    await expect(early).rejects.toThrow('database.write commits when its work is done')
    expect(await rows()).toEqual([])
  })

  it('does not commit half of a save that nobody awaited', async () => {
    let save: Promise<unknown> | undefined
    await outcome(
      database.write(async () => {
        save = outcome(notes.save({ id: 1, text: 'one' }))
        await Promise.resolve()
      }),
    )
    expect(await save).not.toEqual({})
    expect(await rows()).toEqual([])
  })

  it('reads in a call of its own where a port is called', async () => {
    await database.write(async () => {
      await notes.insert({ id: 1, text: 'one' })
      expect(await otherCall(() => notes.count())).toBe(0)
    })
    expect(await notes.count()).toBe(1)
  })
})

describe('a repository inside of a read', () => {
  it('uses its connection', async () => {
    const pids = await database.read(async (reading) => [
      await reading.query('SELECT pg_backend_pid() AS pid'),
      await notes.query('SELECT pg_backend_pid() AS pid'),
      await reading.manager.query('SELECT pg_backend_pid() AS pid'),
    ])
    expect(new Set(pids.flat().map((row) => (row as { pid: number }).pid)).size).toBe(1)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['save', () => notes.save({ id: 1, text: 'one' })],
    ['insert', () => notes.insert({ id: 1, text: 'one' })],
    ['update', () => notes.update({ id: 1 }, { text: 'two' })],
    ['delete', () => notes.delete({ id: 1 })],
  ])('refuses to %s, at every tier', async (_, write) => {
    await expect(database.read(write)).rejects.toThrow('use database.write')
    expect(await rows()).toEqual([])
  })
})

describe('a repository on its own', () => {
  it('finds, saves, changes and deletes as in any Nest application', async () => {
    const saved = await notes.save(notes.create({ id: 1, text: 'one' }))
    await notes.save({ ...saved, text: 'changed' })
    expect(await notes.find()).toEqual([{ id: 1, text: 'changed' }])
    expect(await notes.createQueryBuilder('note').where('note.id = :id', { id: 1 }).getOne()).toEqual({ id: 1, text: 'changed' })
    await notes.delete({ id: 1 })
    expect(await notes.count()).toBe(0)
  })

  it('saves several rows in one transaction', async () => {
    await notes.insert({ id: 2, text: 'taken' })
    const rejected = await outcome(
      notes.save([
        { id: 1, text: 'one' },
        { id: 2, text: null as never },
      ]),
    )
    expect(rejected.code).toBe('23502')
    expect(await rows()).toEqual([{ id: 2, text: 'taken' }])
  })

  it('is cancelled at the deadline of the call, and says so', async () => {
    await notes.insert({ id: 1, text: 'one' })
    const late = [
      within<unknown>(0, () => notes.find()),
      within<unknown>(0, () => notes.save({ id: 1, text: 'two' })),
      within<unknown>(100, () => notes.query('SELECT pg_sleep(30)')),
      within<unknown>(100, fallAsleep),
    ]
    for (const work of late) expect(await outcome(work)).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(await opened.running()).toEqual([])
    expect(await rows()).toEqual([{ id: 1, text: 'one' }])
  })

  it('gives every connection back', async () => {
    for (let time = 0; time < 20; time += 1) {
      await notes.save({ id: time, text: 'one' })
      await outcome(notes.insert({ id: time, text: 'again' }))
      await outcome(notes.query('SELECT 1 / 0'))
    }
    const counts = await Promise.all(Array.from({ length: 20 }, () => notes.count()))
    expect(new Set(counts)).toEqual(new Set([20]))
  })
})

it('statements of the ORM are prepared under a name, and counted', async () => {
  const find = (id: number) => notes.findOneBy({ id, text: 'prepared' })
  const prepared = await database.read(async (reading) => {
    for (const id of [1, 2, 3]) await find(id)
    return reading.query('SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements WHERE statement LIKE $1', ['%."text" = $2%LIMIT 1'])
  })
  expect(prepared).toEqual([{ runs: 3 }])
  expect((await countStatements(() => find(1))).statements).toHaveLength(1)
})

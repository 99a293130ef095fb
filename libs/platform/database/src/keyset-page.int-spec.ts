import { Column, Entity, PrimaryColumn, type Repository } from 'typeorm'
import { OpenNotes } from '../test/open-notes.js'
import { keysetPage } from './keyset-page.js'
import { countStatements } from './statement-count.js'

@Entity({ schema: 'notes', name: 'note' })
class Note {
  @PrimaryColumn('int')
  id!: number

  @Column('text')
  text!: string
}

type Key = Pick<Note, 'id' | 'text'>

let opened: OpenNotes
let notes: Repository<Note>
beforeAll(async () => {
  opened = await OpenNotes.open([Note])
  notes = opened.repository(Note)
  await notes.insert(Array.from({ length: 25 }, (_, id) => ({ id, text: id % 3 === 0 ? 'many' : 'some' })))
})
afterAll(() => opened.close())

const page = (after: Key | undefined, direction: 'ASC' | 'DESC', limit: number) =>
  keysetPage<Note, Key>(notes.createQueryBuilder('note').where('note.id < 20'), { by: ['text', 'id'], direction, after, limit })

async function all(direction: 'ASC' | 'DESC', limit: number): Promise<number[]> {
  const ids: number[] = []
  let after: Key | undefined
  do {
    const { items, next } = await page(after, direction, limit)
    expect(items.length).toBeLessThanOrEqual(limit)
    ids.push(...items.map(({ id }) => id))
    after = next ?? undefined
  } while (after !== undefined)
  return ids
}

describe('a list that is read page by page', () => {
  const inOrder = [0, 3, 6, 9, 12, 15, 18, 1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19]

  it.each([1, 3, 7, 19, 20, 21])('contains each row once, in order, in both directions: %i at a time', async (limit) => {
    expect(await all('ASC', limit)).toEqual(inOrder)
    expect(await all('DESC', limit)).toEqual(inOrder.toReversed())
  })

  it('goes on at the same place when rows before it have gone', async () => {
    const first = await page(undefined, 'ASC', 3)
    await notes.delete({ id: 3 })
    const second = await page(first.next ?? undefined, 'ASC', 3)
    await notes.insert({ id: 3, text: 'many' })
    expect(second.items.map(({ id }) => id)).toEqual([9, 12, 15])
  })

  it('takes one statement for each page', async () => {
    const { result, statements } = await countStatements(() => page({ id: 6, text: 'many' }, 'ASC', 2))
    expect(statements).toHaveLength(1)
    expect(result.next).toEqual({ text: 'many', id: 12 })
  })
})

import { MediaPort } from '@kilomega/contracts'
import type { ContentPort } from '@kilomega/contracts'
import { type Actor } from '@kilomega/ports'
import { type OpenedPort, openPort, standIn } from '@kilomega/port-testing'
import { countStatements } from '@kilomega/database'
import { implementation } from './index.js'

const admin = (id: string): Actor => ({ kind: 'user', id, role: 'admin', sessionId: 's' })
const ada = admin('0199f0a2-7c1e-7b63-9d54-000000000001')
const ben = admin('0199f0a2-7c1e-7b63-9d54-000000000002')

const batch = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ key: prefix + at, title: 'Title ' + at, body: 'Body', category: 'imported', tags: ['x', 'x', 'y'] }))

describe('an import', () => {
  let opened: OpenedPort<typeof ContentPort>
  beforeAll(async () => {
    opened = await openPort(implementation, { others: [standIn(MediaPort, {})] })
  })
  afterAll(() => opened.close())

  const run = (actor: Actor, documents: unknown[]) => opened.as(actor, () => opened.port.import({ documents }))
  const count = async (sql: string) => (await opened.database.database.read((queryable) => queryable.query<{ count: number }>(sql)))[0]!.count
  const posts = () => count('SELECT count(*)::int AS count FROM content.post')
  const events = () => count("SELECT count(*)::int AS count FROM content.outbox WHERE name = 'content.post-published'")

  it('publishes documents at once, with an event for each, and adds nothing the second time', async () => {
    expect(await run(ada, batch('a', 200))).toEqual({ created: 200, unchanged: 0, rejected: [] })
    expect(await run(ada, batch('a', 200))).toEqual({ created: 0, unchanged: 200, rejected: [] })
    expect([await posts(), await events()]).toEqual([200, 200])
    const page = await opened.port.list({ category: 'imported', tag: 'y', limit: 100 })
    expect(JSON.parse(page.items)).toHaveLength(100)
    expect(page.next).not.toBeNull()
  })

  it('leaves the post of a known key as it is, whatever text comes with it', async () => {
    expect(await run(ada, [{ ...batch('a', 1)[0]!, title: 'Other words' }])).toMatchObject({ created: 0, unchanged: 1 })
  })

  it('treats the same keys of another author as other documents', async () => {
    expect(await run(ben, batch('a', 3))).toMatchObject({ created: 3 })
  })

  it('rejects bad documents by their index and publishes the others', async () => {
    const [good, other] = batch('b', 2)
    const { created, unchanged, rejected } = await run(ada, [
      good,
      { ...other, key: '' },
      7,
      { ...other, owner: 'me' },
      { ...other, body: 'a\u0000' },
      good,
      other,
    ])
    expect({ created, unchanged }).toEqual({ created: 2, unchanged: 1 })
    expect(rejected.map(({ index, code }) => [index, code])).toEqual([1, 2, 3, 4].map((index) => [index, 'VALIDATION_FAILED']))
    expect(rejected[2]!.message).toContain('owner')
  })

  it('creates each document once when ten callers import it at the same time', async () => {
    const before = [await posts(), await events()]
    const documents = batch('c', 100)
    const results = await Promise.all(Array.from({ length: 10 }, (_, at) => run(ada, at % 2 ? documents : [...documents].reverse())))
    expect(results.reduce((sum, { created }) => sum + created, 0)).toBe(100)
    expect([await posts(), await events()]).toEqual(before.map((one) => one! + 100))
  })

  it('does not bring back what was removed', async () => {
    await run(ada, batch('d', 1))
    const { items: text } = await opened.port.list({ limit: 1 })
    const items = JSON.parse(text) as { id: string; version: number }[]
    await opened.as(ada, () => opened.port.remove({ id: items[0]!.id, version: items[0]!.version }))
    expect(await run(ada, batch('d', 1))).toMatchObject({ created: 0, unchanged: 1 })
  })

  it('takes two statements and two for its receipt, however many documents', async () => {
    const { statements } = await countStatements(() => run(ada, batch('e', 200)))
    expect(statements).toHaveLength(4)
  })

  it('is for admins', async () => {
    await expect(
      run({ kind: 'user', id: '0199f0a2-7c1e-7b63-9d54-000000000003', role: 'user', sessionId: 's' }, batch('f', 1)),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

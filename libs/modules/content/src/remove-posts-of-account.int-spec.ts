import { AccountDeleted, type ContentPort, MediaPort } from '@kilomega/contracts'
import type { Actor } from '@kilomega/ports'
import { type OpenedPort, openPort, standIn } from '@kilomega/port-testing'
import { eventually } from '@kilomega/testing'
import { ContentJobs } from './content.jobs.js'
import { implementation } from './index.js'

const admin = (id: string): Actor => ({ kind: 'user', id, role: 'admin', sessionId: 's' })
const [adaId, benId] = ['0199f0a2-7c1e-7b63-9d54-000000000001', '0199f0a2-7c1e-7b63-9d54-000000000002']
const [ada, ben] = [admin(adaId), admin(benId)]
const documents = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ key: `key ${at}`, title: `Title ${at}`, body: 'Body', tags: ['x', 'y'] }))

const drafts = `INSERT INTO content.post (author_id, title, body) SELECT $1, 'a draft', '' FROM generate_series(1, $2)`

describe('posts of a deleted account', () => {
  let opened: OpenedPort<typeof ContentPort>
  beforeAll(async () => {
    opened = await openPort(implementation, { others: [standIn(MediaPort, {})] })
  })
  afterAll(() => opened.close())

  const count = async (sql: string, ...values: unknown[]) =>
    (await opened.database.database.read((queryable) => queryable.query<{ count: number }>(sql, values)))[0]!.count
  const postsOf = (id: string) => count('SELECT count(*)::int AS count FROM content.post WHERE author_id = $1', id)
  const publishedRemovals = (id: string) =>
    count(
      `SELECT count(DISTINCT payload->>'id')::int AS count FROM content.outbox WHERE name = 'content.post-removed' AND payload->>'authorId' = $1`,
      id,
    )
  const write = (sql: string, ...values: unknown[]) => opened.database.database.write((transaction) => transaction.query(sql, values))

  it('are deleted with it: published, drafts and removed ones, with their tags and an event for each published one; those of others stay', async () => {
    for (const author of [ada, ben]) await opened.as(author, () => opened.port.import({ documents: documents(200) }))
    const removed = await opened.as(ada, () => opened.port.create({ title: 'soon gone', body: '' }))
    await opened.as(ada, () => opened.port.remove({ id: removed.id }))
    await write(drafts, adaId, 50)
    const tags = () => count('SELECT count(*)::int AS count FROM content.post_tag')
    expect([await postsOf(adaId), await tags()]).toEqual([251, 800])
    await opened.tell(AccountDeleted({ accountId: adaId }))
    await eventually(async () => expect(await postsOf(adaId)).toBe(0), 20_000)
    expect([await postsOf(benId), await tags(), await publishedRemovals(adaId), await publishedRemovals(benId)]).toEqual([200, 400, 200, 0])
  })

  it('are deleted to the last one, by a chain of jobs', async () => {
    await write(drafts, adaId, 10_300)
    await opened.tell(AccountDeleted({ accountId: adaId }))
    await eventually(async () => expect(await postsOf(adaId)).toBe(0), 30_000)
  }, 60_000)

  it('are deleted again four minutes later, with those that were being written in the meantime', async () => {
    const later = `SELECT count(*)::int AS count FROM content.outbox WHERE name = 'job:content.remove-posts-of-account' AND (payload->>'delayMs')::int = 240000`
    expect(await count(later)).toBe(2)
    await write(drafts, adaId, 1)
    for (let start = 0; start < 2; start += 1) await opened.get(ContentJobs).removePostsOfAccount({ accountId: adaId })
    expect(await postsOf(adaId)).toBe(0)
  })
})

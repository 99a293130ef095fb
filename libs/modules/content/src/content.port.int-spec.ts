import { type ContentPort, MediaPort, type Post } from '@kilomega/contracts'
import { type Actor, anonymous, CurrentCall, portErrors, runCall } from '@kilomega/ports'
import { describeBindings, type OpenedPort, standIn } from '@kilomega/port-testing'
import { implementation } from './index.js'

const idOf = (number: number): string => '0199f0a2-7c1e-7b63-9d54-' + number.toString(16).padStart(12, '0')
const user = (number: number, role: 'user' | 'admin' = 'user'): Actor => ({ kind: 'user', id: idOf(number), role, sessionId: 's' })
const [ada, ben, root] = [user(1), user(2), user(3, 'admin')]
const [adasPicture, bensPicture, noPicture] = [idOf(11), idOf(12), idOf(13)]
const owners = new Map([
  [adasPicture, idOf(1)],
  [bensPicture, idOf(2)],
])

const media = standIn(MediaPort, {
  get: async ({ id }: { id: string }) => {
    const ownerId = owners.get(id)
    if (ownerId === undefined) throw portErrors.NOT_FOUND()
    const nothingYet = { alt: null, width: null, height: null, thumbhash: null, renditions: [], public: false }
    return { id, ownerId, status: 'processing' as const, ...nothingYet, createdAt: '2026-01-01T00:00:00.000Z' }
  },
})

describeBindings('ContentPort', (open) => {
  let opened: OpenedPort<typeof ContentPort>
  beforeAll(async () => {
    opened = await open(implementation, { others: [media] })
  })
  afterAll(() => opened.close())

  const as = <T>(actor: Actor, work: (content: ContentPort) => Promise<T>) => opened.as(actor, () => work(opened.port))
  const create = (actor: Actor, more: object = {}) => as(actor, (content) => content.create({ title: 'Engines', body: 'They *weave*.', ...more }))
  const publish = (actor: Actor, { id }: Post) => as(actor, (content) => content.publish({ id }))
  const published = async (actor: Actor, more: object = {}) => publish(actor, await create(actor, more))
  const read = async (actor: Actor, id: string): Promise<Post> => JSON.parse((await as(actor, (content) => content.get({ id }))).post) as Post
  const list = async (actor: Actor, filter: object) => {
    const { items, next } = await as(actor, (content) => content.list({ limit: 20, ...filter }))
    return { items: JSON.parse(items) as Post[], next }
  }
  const eventsAbout = async (id: string) => {
    const sql = "SELECT name, payload FROM content.outbox WHERE payload->>'id' = $1 ORDER BY id"
    return opened.database.database.read((queryable) => queryable.query<{ name: string; payload: Record<string, unknown> }>(sql, [id]))
  }

  describe('a draft', () => {
    it('contains what its author wrote', async () => {
      const post = await create(ada, { category: 'history', tags: ['b', 'a', 'b'], mediaIds: [adasPicture] })
      expect(post).toMatchObject({
        authorId: idOf(1),
        status: 'draft',
        category: 'history',
        tags: ['b', 'a'],
        mediaIds: [adasPicture],
        version: 1,
        publishedAt: null,
      })
      expect(await read(ada, post.id)).toEqual(post)
      expect(await eventsAbout(post.id)).toEqual([])
    })

    it('does not exist for anyone else, whatever they try', async () => {
      const post = await create(ada, { category: 'secret', tags: ['secret'] })
      const { id } = post
      const missing = expect.objectContaining({ code: 'NOT_FOUND' })
      for (const actor of [anonymous, ben, root]) await expect(as(actor, (content) => content.get({ id }))).rejects.toEqual(missing)
      await expect(as(ben, (content) => content.change({ id, version: 1, change: { title: 'Mine' } }))).rejects.toEqual(missing)
      await expect(as(ben, (content) => content.change({ id, version: 9, change: { mediaIds: [bensPicture] } }))).rejects.toEqual(missing)
      for (const actor of [ben, root]) await expect(as(actor, (content) => content.publish({ id }))).rejects.toEqual(missing)
      await expect(as(ben, (content) => content.remove({ id, version: 1 }))).rejects.toEqual(missing)
      for (const filter of [{}, { author: idOf(1) }, { category: 'secret' }, { tag: 'secret' }, { mine: true }, { mine: true, author: idOf(1) }]) {
        expect((await list(ben, filter)).items.map((item) => item.id)).not.toContain(id)
      }
      expect(await read(ada, id)).toEqual(post)
    })

    it("accepts its author's own pictures, and no others", async () => {
      const refused = expect.objectContaining({ code: 'MEDIA_NOT_USABLE' })
      await expect(create(ada, { mediaIds: [adasPicture, bensPicture] })).rejects.toEqual(refused)
      await expect(create(ada, { mediaIds: [noPicture] })).rejects.toEqual(refused)
      const { id } = await create(ada)
      await expect(as(ada, (content) => content.change({ id, version: 1, change: { mediaIds: [bensPicture] } }))).rejects.toEqual(refused)
      await expect(as(ada, (content) => content.change({ id, version: 1, change: { mediaIds: [adasPicture] } }))).resolves.toMatchObject({
        version: 2,
      })
    })

    it('is refused if it contains a character that cannot be stored', async () => {
      for (const words of [{ title: 'a\u0000b' }, { body: '\u0000' }, { body: '\ud800' }, { tags: ['\u0000'] }, { category: '\u0000' }]) {
        await expect(create(ada, words)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
      }
    })
  })

  describe('publishing', () => {
    it('shows a post to everyone and publishes one event', async () => {
      const draft = await create(ada, { category: 'history', tags: ['engine'] })
      const post = await publish(ada, draft)
      expect(post).toMatchObject({ status: 'published', version: 2, publishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) })
      expect(await publish(ada, draft)).toEqual(post)
      expect(await read(anonymous, post.id)).toEqual(post)
      const { id, version, authorId, title, body, category, tags, mediaIds, publishedAt } = post
      expect(await eventsAbout(id)).toEqual([
        { name: 'content.post-published', payload: { id, version, authorId, title, body, category, tags, mediaIds, publishedAt } },
      ])
    })
  })

  describe('a change', () => {
    it('replaces only the fields that it names, and publishes an event if the post is published', async () => {
      const post = await published(ada, { category: 'history', tags: ['old', 'kept'] })
      const changed = await as(ada, (content) => content.change({ id: post.id, version: 2, change: { title: 'Looms', tags: ['kept', 'new'] } }))
      expect(changed).toMatchObject({
        title: 'Looms',
        body: post.body,
        category: 'history',
        tags: ['kept', 'new'],
        version: 3,
        publishedAt: post.publishedAt,
      })
      expect((await eventsAbout(post.id)).map(({ name, payload }) => [name, payload.version])).toEqual([
        ['content.post-published', 2],
        ['content.post-changed', 3],
      ])
      expect((await list(anonymous, { tag: 'old' })).items).toEqual([])
      expect((await list(anonymous, { tag: 'new' })).items.map(({ id }) => id)).toEqual([post.id])
    })

    it('is refused if the post has changed since it was read', async () => {
      const post = await published(ada)
      const stale = expect.objectContaining({ code: 'VERSION_MISMATCH' })
      await expect(as(ada, (content) => content.change({ id: post.id, version: 1, change: { title: 'Late' } }))).rejects.toEqual(stale)
      await expect(as(ada, (content) => content.remove({ id: post.id, version: 1 }))).rejects.toEqual(stale)
      expect(await read(ada, post.id)).toEqual(post)
    })

    it('succeeds for one of ten callers that change the same version', async () => {
      const { id } = await published(ada)
      const tries = Array.from({ length: 10 }, (_, at) => as(ada, (content) => content.change({ id, version: 2, change: { title: 'Try ' + at } })))
      const results = await Promise.allSettled(tries)
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await read(ada, id)).toMatchObject({ version: 3 })
    })

    it('may be made by an admin, with the pictures of the author', async () => {
      const { id } = await published(ada, { mediaIds: [adasPicture] })
      const change = { title: 'Tidied', mediaIds: [adasPicture] }
      expect(await as(root, (content) => content.change({ id, version: 2, change }))).toMatchObject({ title: 'Tidied', authorId: idOf(1) })
    })
  })

  describe('a removal', () => {
    it('removes a post for everyone and publishes an event with its author', async () => {
      const post = await published(ada, { tags: ['gone'], mediaIds: [adasPicture] })
      await as(ada, (content) => content.remove({ id: post.id, version: 2 }))
      for (const actor of [anonymous, ada, root]) await expect(read(actor, post.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(publish(ada, post)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(as(ada, (content) => content.remove({ id: post.id, version: 3 }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect((await list(anonymous, { tag: 'gone' })).items).toEqual([])
      expect((await eventsAbout(post.id)).at(-1)).toEqual({
        name: 'content.post-removed',
        payload: { id: post.id, version: 3, authorId: idOf(1), mediaIds: [adasPicture] },
      })
    })

    it('of a draft publishes no event', async () => {
      const { id } = await create(ada)
      await as(root, (content) => content.remove({ id, version: 1 }))
      expect(await eventsAbout(id)).toEqual([])
    })
  })

  describe('a repeat under the same key', () => {
    const under = <T>(key: string, work: (content: ContentPort) => Promise<T>) =>
      runCall(new CurrentCall({ actor: root, trace: { requestId: 'test' }, key }), () => work(opened.port))

    it('gets the same answer as the first, whatever has happened to the post and its pictures', async () => {
      const picture = idOf(14)
      owners.set(picture, idOf(3))
      const create = () => under('create', (content) => content.create({ title: 'Engines', body: 'They weave.', mediaIds: [picture] }))
      const draft = await create()
      const { id } = draft
      const change = () => under('change', (content) => content.change({ id, version: 1, change: { title: 'Looms', mediaIds: [picture] } }))
      const changed = await change()
      const publish = () => under('publish', (content) => content.publish({ id }))
      const shown = await publish()
      const remove = () => under('remove', (content) => content.remove({ id, version: 3 }))
      await remove()
      owners.delete(picture)
      expect([await create(), await change(), await publish(), await remove()]).toEqual([draft, changed, shown, undefined])
      expect((await eventsAbout(id)).map(({ name }) => name)).toEqual(['content.post-published', 'content.post-removed'])
    })

    it('of an import returns the counts of the first', async () => {
      const documents = [{ key: 'repeated', title: 'Engines', body: '' }, { key: '' }]
      const run = () => under('import', (content) => content.import({ documents }))
      const counted = await run()
      expect(counted).toMatchObject({ created: 1, unchanged: 0, rejected: [{ index: 1 }] })
      expect(await run()).toEqual(counted)
    })
  })

  describe('a list', () => {
    it('pages through published posts, newest first, each once', async () => {
      const ids: string[] = []
      for (let at = 0; at < 7; at += 1)
        ids.unshift((await published(ben, { title: 'Page ' + at, category: 'paged', tags: ['paged'], body: 'é'.repeat(300) })).id)
      for (const filter of [{ category: 'paged' }, { tag: 'paged' }, { author: idOf(2), category: 'paged', tag: 'paged' }]) {
        const first = await list(anonymous, { ...filter, limit: 3 })
        const second = await list(anonymous, { ...filter, limit: 3, after: first.next })
        const third = await list(anonymous, { ...filter, limit: 3, after: second.next })
        expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids)
        expect(third.next).toBeNull()
        expect(first.items[0]).toMatchObject({ status: 'published', excerpt: 'é'.repeat(280) })
        expect(first.items[0]).not.toHaveProperty('body')
      }
      expect((await list(anonymous, { author: idOf(2), limit: 7 })).next).toBeNull()
    })

    it('shows users their own drafts, and never those of others', async () => {
      const { id } = await create(ben, { title: 'Mine', tags: ['mine'] })
      const { items } = await list(ben, { mine: true, tag: 'mine' })
      expect(items).toMatchObject([{ id, status: 'draft', publishedAt: null }])
      expect((await list(ada, { mine: true, tag: 'mine' })).items).toEqual([])
      await expect(list(anonymous, { mine: true })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    })
  })
})

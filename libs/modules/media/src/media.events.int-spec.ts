import { v7 as uuidv7 } from 'uuid'
import { alice, as, bob, openMedia } from '../test/open-media.js'
import { picture } from '../test/pictures.js'
import { MediaEvents } from './media.events.js'

describe('media that posts show', () => {
  let media: Awaited<ReturnType<typeof openMedia>>
  let id: string
  beforeAll(async () => (media = await openMedia()))
  afterAll(() => media.close())
  beforeEach(async () => {
    await media.rows('TRUNCATE media.published_post')
    id = (await media.upload(await picture(9, 9).jpeg().toBuffer())).id
  })

  const events = new MediaEvents(undefined as never)
  const post = uuidv7()
  const words = { title: 't', body: 'b', category: null, tags: [], publishedAt: '2026-11-24T12:00:00.000Z' }
  const event = (version: number, mediaIds: string[], authorId = alice, postId = post) => ({
    id: uuidv7(),
    occurredAt: words.publishedAt,
    payload: { id: postId, version, authorId, mediaIds, ...words },
  })
  const handle = (how: 'notePublished' | 'noteChanged' | 'noteRemoved', ...received: ReturnType<typeof event>[]) =>
    media.database.write((transaction) => events[how](received, transaction))
  const bobSees = () =>
    as(bob, () => media.service.get({ id })).then(
      (seen) => seen.public,
      (error: { code: string }) => error.code,
    )

  it('are visible only to their owner until a post that shows them is published', async () => {
    expect(await bobSees()).toBe('NOT_FOUND')
    expect((await as(alice, () => media.service.get({ id }))).public).toBe(false)
    await handle('notePublished', event(2, [id]))
    expect(await bobSees()).toBe(true)
  })

  it('are not made public by another user’s post', async () => {
    await handle('notePublished', event(2, [id], bob))
    expect(await bobSees()).toBe('NOT_FOUND')
  })

  it('are private again once no post shows them', async () => {
    await handle('notePublished', event(2, [id]), event(2, [id], alice, uuidv7()))
    await handle('noteRemoved', event(3, [id]))
    expect(await bobSees()).toBe(true)
    await media.rows('DELETE FROM media.published_post WHERE id <> $1', [post])
    expect(await bobSees()).toBe('NOT_FOUND')
  })

  it('follow the newest version, whatever the order of events', async () => {
    await handle('noteChanged', event(4, []), event(3, [id]))
    await handle('notePublished', event(2, [id]))
    expect(await bobSees()).toBe('NOT_FOUND')
    await handle('noteChanged', event(5, [id]))
    expect(await bobSees()).toBe(true)
    await handle('noteRemoved', event(7, [id]))
    await handle('noteChanged', event(6, [id]))
    expect(await bobSees()).toBe('NOT_FOUND')
  })

  it('need no row for posts without pictures', async () => {
    await handle('notePublished', ...Array.from({ length: 500 }, () => event(1, [], alice, uuidv7())))
    expect(await media.rows('SELECT id FROM media.published_post')).toEqual([])
  })

  it('can be located by everyone once they are public and ready, and by no one before', async () => {
    const locate = () => as(bob, () => media.service.locate({ id, rendition: 'jpeg-400' }))
    await handle('notePublished', event(2, [id]))
    await expect(locate()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const rendition = { name: 'jpeg-400', type: 'image/jpeg', width: 1, height: 1, sizeBytes: 7, hash: '0123456789abcdef' } as const
    await media.settlement.ready(id, { width: 1, height: 1, thumbhash: 'AA==', files: [{ ...rendition, path: '' }] })
    expect(await locate()).toEqual({
      objectKey: `media/${id}/jpeg-400-0123456789abcdef`,
      type: 'image/jpeg',
      sizeBytes: 7,
      hash: '0123456789abcdef',
      public: true,
    })
  })
})

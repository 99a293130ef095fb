import { AccountDeleted } from '@kilomega/contracts'
import { v7 as uuidv7 } from 'uuid'
import { alice, bob, openMedia } from '../test/open-media.js'
import { picture } from '../test/pictures.js'
import { MediaEvents } from './media.events.js'
import { AccountMediaRemoval } from './remove-media-of-account.js'

const many = `
  INSERT INTO media.media (id, owner_id, upload_key, queued_at, created_at)
  SELECT uuidv7(), $1, 'quarantine/' || uuidv7(), now(), now() FROM generate_series(1, $2)`

describe('pictures of a deleted account', () => {
  let media: Awaited<ReturnType<typeof openMedia>>
  let removal: AccountMediaRemoval
  beforeAll(async () => {
    media = await openMedia()
    removal = new AccountMediaRemoval(media.repository, media.database, media.jobs)
  })
  afterAll(() => media.close())

  const owned = async (id: string) =>
    (await media.rows<{ count: number }>('SELECT count(*)::int AS count FROM media.media WHERE owner_id = $1', [id]))[0]!.count
  const asked = (name: string) => media.jobs.asked.filter(({ definition }) => definition.jobName === name)

  it('are removed by a job at once and by another four minutes later', async () => {
    const event = { id: uuidv7(), occurredAt: '2026-11-24T12:00:00.000Z', payload: AccountDeleted({ accountId: alice }).payload }
    await media.database.write((transaction) => new MediaEvents(media.jobs).removeMedia([event], transaction))
    expect(asked('media.remove-media-of-account').map(({ payload, delayMs }) => [payload, delayMs])).toEqual([
      [{ accountId: alice }, 0],
      [{ accountId: alice }, 240_000],
    ])
  })

  it('are removed, each with a job for its objects, while those of others stay', async () => {
    const { id } = await media.upload(await picture(9, 9).jpeg().toBuffer())
    await media.upload(await picture(9, 9).png().toBuffer(), bob)
    await removal.remove(alice)
    expect([await owned(alice), await owned(bob)]).toEqual([0, 1])
    expect(asked('media.remove-objects').map(({ payload }) => payload)).toEqual([{ mediaId: id }])
    await removal.remove(alice)
    expect(asked('media.remove-objects')).toHaveLength(1)
  })

  it('each have one job for their objects, if two removals meet', async () => {
    await media.rows(many, [alice, 1_200])
    const before = asked('media.remove-objects').length
    await Promise.all([removal.remove(alice), removal.remove(alice)])
    expect([await owned(alice), asked('media.remove-objects').length]).toEqual([0, before + 1_200])
  })

  it('are removed to the last one: a job that leaves some adds another', async () => {
    await media.rows(many, [alice, 10_001])
    const before = asked('media.remove-media-of-account').length
    await removal.remove(alice)
    expect([await owned(alice), asked('media.remove-media-of-account').length]).toEqual([1, before + 1])
    await removal.remove(alice)
    expect([await owned(alice), asked('media.remove-media-of-account').length]).toEqual([0, before + 1])
  }, 60_000)

  it('belong to no known post after a removal: the author is not kept', async () => {
    const post = {
      id: uuidv7(),
      version: 2,
      authorId: alice,
      mediaIds: [uuidv7()],
      title: 't',
      body: '',
      category: null,
      tags: [],
      publishedAt: '2026-11-24T12:00:00.000Z',
    }
    const hear = (how: 'notePublished' | 'noteRemoved', payload: typeof post) =>
      media.database.write((transaction) => new MediaEvents(media.jobs)[how]([{ id: uuidv7(), occurredAt: post.publishedAt, payload }], transaction))
    await hear('notePublished', post)
    expect(await media.rows('SELECT author_id AS "authorId" FROM media.published_post')).toEqual([{ authorId: alice }])
    await hear('noteRemoved', { ...post, version: 3 })
    await hear('notePublished', post)
    expect(await media.rows('SELECT author_id AS "authorId" FROM media.published_post')).toEqual([{ authorId: null }])
  })
})

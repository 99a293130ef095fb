import { Readable } from 'node:stream'
import { listPageSize } from '@kilomega/storage'
import { v7 as uuidv7 } from 'uuid'
import { alice, as, openMedia } from '../test/open-media.js'
import { picture } from '../test/pictures.js'
import { ObjectReconciliation } from './reconcile-objects.js'

describe('the reconciliation of objects and rows', () => {
  let media: Awaited<ReturnType<typeof openMedia>>
  beforeAll(async () => (media = await openMedia()))
  afterAll(() => media.close())
  beforeEach(async () => {
    await media.rows('TRUNCATE media.media, media.outbox')
    await media.store.remove(...(await media.store.list('')))
  })

  const reconcile = () => new ObjectReconciliation(media.repository, media.store, media.settlement, media.signals).reconcile()
  const put = (key: string) => media.store.put(key, Readable.from(['x']), { maxBytes: 1 })
  const status = async (id: string) => (await as(alice, () => media.service.get({ id }))).status

  const rendition = { name: 'jpeg-400', type: 'image/jpeg', width: 1, height: 1, sizeBytes: 1, hash: '0123456789abcdef' } as const
  /** A row that is ready, and its two objects. */
  const ready = async () => {
    const { id } = await media.upload(await picture(9, 9).jpeg().toBuffer())
    const keys = [`media/${id}/jpeg-400-${rendition.hash}`, `media/${id}/original`]
    for (const key of keys) await put(key)
    await media.settlement.ready(id, { width: 1, height: 1, thumbhash: 'AA==', files: [{ ...rendition, path: '' }] })
    return { id, keys }
  }

  it('changes nothing if both agree', async () => {
    const [one, other] = [await ready(), await ready()]
    await reconcile()
    expect(await media.store.list('media/')).toEqual([...one.keys, ...other.keys])
    expect(await status(one.id)).toBe('ready')
  })

  it('removes objects that no row needs', async () => {
    const { id, keys } = await ready()
    await put(`media/${id}/jpeg-400-ffffffffffffffff`)
    await put(`media/${uuidv7()}/original`)
    const failed = await ready()
    await media.settlement.failed(failed.id, 'ready', 'OBJECT_LOST')
    await reconcile()
    expect(await media.store.list('media/')).toEqual(keys)
  })

  it('leaves unfinished media alone', async () => {
    const { id } = await media.upload(await picture(9, 9).jpeg().toBuffer())
    await put(`media/${id}/jpeg-400-ffffffffffffffff`)
    await reconcile()
    expect(await media.store.list(`media/${id}/`)).toHaveLength(1)
    expect(await status(id)).toBe('processing')
  })

  it('marks ready media with a lost rendition as failed, wherever they are in the key space', async () => {
    const all = [await ready(), await ready(), await ready()]
    for (const { keys } of [all[0]!, all[2]!]) await media.store.remove(...keys)
    await reconcile()
    expect(await Promise.all(all.map(({ id }) => status(id)))).toEqual(['failed', 'ready', 'failed'])
  })

  it('does nothing while one side is empty: a volume that is not mounted, or a wrong database', async () => {
    const { id, keys } = await ready()
    await media.store.remove(...keys)
    await reconcile()
    expect(await status(id)).toBe('ready')
    await media.rows('TRUNCATE media.media')
    await put(keys[1]!)
    await reconcile()
    expect(await media.store.list('media/')).toEqual([keys[1]])
  })

  it('covers all pages', async () => {
    const before = await ready()
    const orphans = Array.from({ length: listPageSize + 20 }, () => `media/${uuidv7()}/original`)
    for (const key of orphans) await put(key)
    const [after, lost] = [await ready(), await ready()]
    await media.store.remove(lost.keys[0]!)
    await reconcile()
    expect(await status(lost.id)).toBe('failed')
    await reconcile()
    expect(await media.store.list('media/')).toEqual([...before.keys, ...after.keys])
  }, 60_000)
})

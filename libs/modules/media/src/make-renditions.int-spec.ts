import { alice, as, config, openMedia } from '../test/open-media.js'
import { picture, tagged } from '../test/pictures.js'
import { type Rendered, Renderer, RendererDied } from './drivers/renderer.js'
import { SharpRenderer } from './drivers/renderer.sharp.js'
import { RenditionMaking } from './make-renditions.js'
import { ObjectRemoval } from './remove-objects.js'

/** Does something while the real renderer works: kills its processes, removes rows. */
class DisturbedRenderer extends Renderer {
  constructor(
    private readonly renderer: Renderer,
    private readonly disturb: () => Promise<void> | void,
  ) {
    super()
  }

  async render<T>(source: string, use: (rendered: Rendered) => Promise<T>): Promise<T> {
    const rendering = this.renderer.render(source, use)
    const [outcome] = await Promise.allSettled([rendering, this.disturb()])
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }
}

class BrokenRenderer extends Renderer {
  render(): Promise<never> {
    return Promise.reject(new Error('no room'))
  }
}

describe('making renditions', () => {
  let media: Awaited<ReturnType<typeof openMedia>>
  const sharp = new SharpRenderer(config)
  beforeAll(async () => (media = await openMedia()))
  afterAll(async () => {
    sharp.onApplicationShutdown()
    await media.close()
  })
  beforeEach(() => media.rows('TRUNCATE media.media, media.outbox'))

  const run = { lastAttempt: false }
  const making = (renderer: Renderer = sharp) => new RenditionMaking(media.repository, media.store, renderer, media.settlement, media.signals)
  const photo = () => tagged(1_200, 900, 6)
  const status = async (id: string) =>
    (await media.rows<{ status: string; reason: string | null }>('SELECT status, reason FROM media.media WHERE id = $1', [id]))[0]
  const get = (id: string) => as(alice, () => media.service.get({ id }))
  const objects = (id: string) => media.store.list(`media/${id}/`)

  it('ends as ready, with its event in the same transaction, and an object for each rendition and the original', async () => {
    const { id } = await media.upload(await photo())
    await making().make(id, run)
    const ready = await get(id)
    expect(ready).toMatchObject({ status: 'ready', width: 900, height: 1_200 })
    expect(ready.renditions.map(({ name }) => name)).toEqual(['webp-1600', 'avif-800', 'jpeg-400'])
    const keys = ready.renditions.map(({ name, hash }) => `media/${id}/${name}-${hash}`)
    expect(await objects(id)).toEqual([...keys, `media/${id}/original`].sort())
    expect(await media.store.list('quarantine/')).toEqual([])
    expect((await media.outboxEntries()).slice(1)).toEqual([{ name: 'media.media-ready', payload: { id, ownerId: alice } }])
  })

  it('done twice, even concurrently, publishes one event and leaves the same objects', async () => {
    const { id } = await media.upload(await photo())
    await Promise.all([making().make(id, run), making().make(id, run)])
    const keys = await objects(id)
    await making().make(id, run)
    expect(await objects(id)).toEqual(keys)
    expect(keys).toHaveLength(4)
    expect((await media.outboxEntries()).filter(({ name }) => name === 'media.media-ready')).toHaveLength(1)
  })

  it('continues with the same outcome after its process was killed', async () => {
    const file = await photo()
    const whole = await media.upload(file)
    const lonely = new SharpRenderer(config)
    await making(lonely).make(whole.id, run)
    const { id } = await media.upload(file)
    const killing = new DisturbedRenderer(lonely, () => lonely.pids.forEach((pid) => process.kill(pid, 'SIGKILL')))
    await expect(making(killing).make(id, run)).rejects.toBeInstanceOf(RendererDied)
    expect(await status(id)).toEqual({ status: 'processing', reason: null })
    await making(lonely).make(id, run)
    expect((await get(id)).renditions).toEqual((await get(whole.id)).renditions)
    lonely.onApplicationShutdown()
  })

  it('that ends its process three times fails, with the reason', async () => {
    const { id } = await media.upload(await picture(4_000, 3_000).jpeg().toBuffer())
    const hasty = new SharpRenderer({ ...config, renderTimeoutMs: 5 })
    for (const _ of [1, 2]) await expect(making(hasty).make(id, run)).rejects.toMatchObject({ reason: 'TIMED_OUT' })
    await making(hasty).make(id, run)
    expect(await status(id)).toEqual({ status: 'failed', reason: 'TIMED_OUT' })
    expect(
      media.signals
        .of('media.renderer-died')
        .map(({ fields }) => fields['deaths'])
        .slice(-3),
    ).toEqual([1, 2, 3])
    expect((await media.outboxEntries()).slice(1)).toEqual([
      { name: 'media.media-failed', payload: { id, ownerId: alice, reason: 'TIMED_OUT' } },
      { name: 'media.remove-objects', payload: { mediaId: id } },
    ])
  })

  it('of a bad file fails at once, and its bytes are removed', async () => {
    const file = await photo()
    const { id } = await media.upload(file.subarray(0, file.length / 2))
    await making().make(id, run)
    expect(await status(id)).toEqual({ status: 'failed', reason: 'CORRUPT_IMAGE' })
    await new ObjectRemoval(media.repository, media.store).remove(id)
    expect(await objects(id)).toEqual([])
  })

  it('fails if the original is missing', async () => {
    const { id } = await media.upload(await photo())
    await media.store.remove(...(await media.store.list('quarantine/')))
    await making().make(id, run)
    expect(await status(id)).toEqual({ status: 'failed', reason: 'ORIGINAL_MISSING' })
  })

  it('that meets an error on our side is retried, and given up after the last attempt', async () => {
    const { id } = await media.upload(await photo())
    const broken = new BrokenRenderer()
    await expect(making(broken).make(id, run)).rejects.toThrow('no room')
    expect(await status(id)).toEqual({ status: 'processing', reason: null })
    await making(broken).make(id, { lastAttempt: true })
    expect(await status(id)).toEqual({ status: 'failed', reason: 'GAVE_UP' })
  })

  it('of a picture that is removed meanwhile leaves nothing behind', async () => {
    const { id } = await media.upload(await photo())
    await making(new DisturbedRenderer(sharp, () => as(alice, () => media.service.remove({ id })))).make(id, run)
    const asked = (await media.outboxEntries()).filter(({ name }) => name === 'media.remove-objects')
    expect(asked.length).toBeGreaterThan(0)
    await new ObjectRemoval(media.repository, media.store).remove(id)
    expect(await objects(id)).toEqual([])
  })
})

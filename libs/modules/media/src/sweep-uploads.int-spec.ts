import { utimes } from 'node:fs/promises'
import { alice, as, openMedia } from '../test/open-media.js'
import { picture } from '../test/pictures.js'
import { UploadSweep } from './sweep-uploads.js'

const hourMs = 3_600_000

describe('the sweep of uploads', () => {
  let media: Awaited<ReturnType<typeof openMedia>>
  beforeAll(async () => (media = await openMedia()))
  afterAll(() => media.close())
  beforeEach(async () => {
    await media.rows('TRUNCATE media.media, media.outbox')
    await media.store.remove(...(await media.store.list('')))
  })

  const sweep = () => new UploadSweep(media.database, media.store, media.jobs, media.settlement, media.clock).sweep()
  const photo = () => picture(60, 40).jpeg().toBuffer()
  const storedHoursAgo = async (key: string, hours: number) => {
    const time = new Date(media.clock.now().getTime() - hours * hourMs)
    await media.store.asFile(key, (path) => utimes(path, time, time))
  }
  const quarantined = async (hours: number) => {
    const upload = await media.quarantine(await photo())
    await storedHoursAgo(upload.objectKey, hours)
    return upload
  }

  it('removes what nobody accepted for an hour, and nothing else', async () => {
    const [young, , accepted] = [await quarantined(0.9), await quarantined(1.1), await quarantined(1.1)]
    await as(alice, () => media.service.accept(accepted))
    await sweep()
    expect(await media.store.list('')).toEqual([young.objectKey, accepted.objectKey].sort())
  })

  it('removes the bytes of media that were removed before their job began', async () => {
    const upload = await quarantined(2)
    const { id } = await as(alice, () => media.service.accept(upload))
    await as(alice, () => media.service.remove({ id }))
    await sweep()
    expect(await media.store.list('')).toEqual([])
  })

  it('asks again for a job that was forgotten, once an hour', async () => {
    const { id } = await media.upload(await photo())
    const asked = async () => (await media.told()).filter(({ name, payload }) => name === 'media.make-renditions' && payload['mediaId'] === id).length
    await sweep()
    expect(await asked()).toBe(1)
    media.clock.advance(1.1 * hourMs)
    await sweep()
    await sweep()
    expect(await asked()).toBe(2)
  })

  it('gives up what has not ended in a day', async () => {
    const { id } = await media.upload(await photo())
    media.clock.advance(25 * hourMs)
    await sweep()
    expect(await as(alice, () => media.service.get({ id }))).toMatchObject({ status: 'failed', reason: 'GAVE_UP' })
  })
})

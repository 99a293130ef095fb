import { utimes } from 'node:fs/promises'
import { alice, as, openMedia } from '../test/open-media.js'
import { picture } from '../test/pictures.js'
import { UploadSweep } from './sweep-uploads.js'

const hourMs = 3_600_000
/** Everything except `Date`. */
const timers = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
]

describe('the sweep of uploads', () => {
  let media: Awaited<ReturnType<typeof openMedia>>
  beforeAll(async () => (media = await openMedia()))
  afterAll(() => media.close())
  beforeEach(async () => {
    await media.rows('TRUNCATE media.media, media.outbox')
    await media.store.remove(...(await media.store.list('')))
  })

  const sweep = () => new UploadSweep(media.database, media.store, media.jobs, media.settlement, media.signals).sweep()
  /** Runs work while the clock of this process is three weeks ahead. */
  const weeksAhead = async <T>(work: () => Promise<T>): Promise<T> => {
    jest.useFakeTimers({ now: Date.now() + 21 * 24 * hourMs, doNotFake: timers })
    return work().finally(() => jest.useRealTimers())
  }
  /** Makes rows this much older or, if the value is negative, as if a clock that was ahead by this much had created them. */
  const hoursPass = (hours: number) =>
    media.rows(`UPDATE media.media SET queued_at = queued_at - $1 * interval '1 hour', created_at = created_at - $1 * interval '1 hour'`, [hours])
  const jobsFor = async (id: string) =>
    (await media.outboxEntries()).filter(({ name, payload }) => name === 'media.make-renditions' && payload['mediaId'] === id).length
  const photo = () => picture(60, 40).jpeg().toBuffer()
  const storedHoursAgo = async (key: string, hours: number) => {
    const time = new Date(Date.now() - hours * hourMs)
    await media.store.asFile(key, (path) => utimes(path, time, time))
  }
  const quarantined = async (hours: number) => {
    const upload = await media.quarantine(await photo())
    await storedHoursAgo(upload.objectKey, hours)
    return upload
  }

  it('removes uploads that were not accepted for an hour, and nothing else', async () => {
    const [young, , accepted] = [await quarantined(0.9), await quarantined(1.1), await quarantined(1.1)]
    await as(alice, () => media.service.accept(accepted))
    await sweep()
    expect(await media.store.list('')).toEqual([young.objectKey, accepted.objectKey].sort())
  })

  it('removes the bytes of media that were removed before their job started', async () => {
    const upload = await quarantined(2)
    const { id } = await as(alice, () => media.service.accept(upload))
    await as(alice, () => media.service.remove({ id }))
    await sweep()
    expect(await media.store.list('')).toEqual([])
  })

  it('adds a lost job again, once an hour', async () => {
    const { id } = await media.upload(await photo())
    await sweep()
    expect(await jobsFor(id)).toBe(1)
    await hoursPass(1.1)
    await sweep()
    await sweep()
    expect(await jobsFor(id)).toBe(2)
  })

  it('adds a lost job once, if two sweeps meet', async () => {
    const { id } = await media.upload(await photo())
    await hoursPass(1.1)
    await Promise.all([sweep(), sweep()])
    expect(await jobsFor(id)).toBe(2)
  })

  it('leaves waiting and new uploads alone, even if the clock of its process is weeks ahead', async () => {
    const before = await media.upload(await photo())
    const fresh = await quarantined(0)
    const meanwhile = await weeksAhead(async () => {
      const uploaded = await media.upload(await photo())
      await sweep()
      return uploaded
    })
    for (const { id } of [before, meanwhile]) expect(await as(alice, () => media.service.get({ id }))).toMatchObject({ status: 'processing' })
    expect(await media.store.list('')).toContain(fresh.objectKey)
    expect(await jobsFor(meanwhile.id)).toBe(1)
    await hoursPass(1.1)
    await sweep()
    expect(await jobsFor(meanwhile.id)).toBe(2)
  })

  it('treats a time in the future as now: a job from then is added again', async () => {
    const { id } = await media.upload(await photo())
    await hoursPass(-500)
    await sweep()
    expect(await jobsFor(id)).toBe(2)
    await hoursPass(25)
    await sweep()
    expect(await as(alice, () => media.service.get({ id }))).toMatchObject({ status: 'failed' })
  })

  it('gives up at most a hundred in a run and says so', async () => {
    const many = `
      INSERT INTO media.media (id, owner_id, upload_key, queued_at, created_at)
      SELECT uuidv7(), $1, 'quarantine/' || number, now(), now() - interval '25 hours' FROM generate_series(1, 150) AS number`
    await media.rows(many, [alice])
    await sweep()
    const [row] = await media.rows<{ failed: number }>(`SELECT count(*) FILTER (WHERE status = 'failed')::int AS failed FROM media.media`)
    expect(row).toEqual({ failed: 100 })
    expect(media.signals.of('retention.stopped')).toMatchObject([{ fields: { what: 'media.media', removed: 100 } }])
  })

  it('gives up media that are not done within a day', async () => {
    const { id } = await media.upload(await photo())
    await hoursPass(25)
    await sweep()
    expect(await as(alice, () => media.service.get({ id }))).toMatchObject({ status: 'failed', reason: 'GAVE_UP' })
  })
})

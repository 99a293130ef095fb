import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Media, type MediaPort, PostPublished, PostRemoved } from '@kilomega/contracts'
import { describeBindings, type OpenedPort } from '@kilomega/port-testing'
import { type Actor, anonymous } from '@kilomega/ports'
import { ObjectStore } from '@kilomega/storage'
import { eventually } from '@kilomega/testing'
import sharp from 'sharp'
import { v7 as uuidv7 } from 'uuid'
import { hugePng, picture, secret, svg, tagged } from '../test/pictures.js'
import { implementation } from './index.js'

const user = (id: string): Actor => ({ kind: 'user', id, role: 'user', sessionId: 's' })
const [ada, ben] = [user(uuidv7()), user(uuidv7())]

/** The slowest kind of job takes a second on this machine, and workers share it with other tests. */
const settleMs = 20_000

describeBindings('MediaPort', (open) => {
  let opened: OpenedPort<typeof MediaPort>
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-port-'))
    opened = await open(implementation, { environment: { STORAGE_FOLDER: folder } })
  }, 60_000)
  afterAll(async () => {
    await opened.close()
    await rm(folder, { recursive: true })
  })

  const store = () => opened.get(ObjectStore)
  const quarantine = async (file: Buffer) => {
    const objectKey = `quarantine/${uuidv7()}`
    await store().put(objectKey, Readable.from([file]), { maxBytes: 50 * 1024 * 1024 })
    return { objectKey, sizeBytes: file.length }
  }
  const upload = async (actor: Actor, file: Buffer) => {
    const stored = await quarantine(file)
    return opened.as(actor, () => opened.port.accept({ ...stored, alt: 'a beach' }))
  }
  const get = (actor: Actor, id: string) => opened.as(actor, () => opened.port.get({ id }))
  const locate = (actor: Actor, id: string) => opened.as(actor, () => opened.port.locate({ id, rendition: 'jpeg-400' }))
  const settled = (id: string) =>
    eventually(async () => {
      const media = await get(ada, id)
      return media.status !== 'processing' && media
    }, settleMs) as Promise<Media>
  const idOf = (actor: Actor) => (actor.kind === 'user' ? actor.id : '')
  const post = (actor: Actor, mediaIds: string[]) => ({ id: uuidv7(), version: 2, authorId: idOf(actor), mediaIds })
  const words = { title: 't', body: 'b', category: null, tags: [], publishedAt: '2026-11-24T12:00:00.000Z' }

  it('makes renditions of an upload that contain nothing but the picture', async () => {
    const accepted = await upload(ada, await tagged(900, 600, 6))
    expect(accepted).toMatchObject({ status: 'processing', ownerId: idOf(ada), alt: 'a beach' })
    const ready = await settled(accepted.id)
    expect(ready).toMatchObject({ status: 'ready', width: 600, height: 900, public: false })
    for (const { name, hash } of ready.renditions) {
      const located = await opened.as(ada, () => opened.port.locate({ id: ready.id, rendition: name }))
      const bytes = await buffer(await store().get(located.objectKey))
      expect(located).toMatchObject({ hash, sizeBytes: bytes.length, public: false })
      expect(bytes.includes(secret)).toBe(false)
      expect((await sharp(bytes).metadata()).width).toBe(ready.renditions.find((rendition) => rendition.name === name)!.width)
    }
  })

  it('refuses files that are not pictures or too large, and keeps nothing of them', async () => {
    await expect(upload(ada, svg)).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', kind: 'invalid' })
    await expect(upload(ada, hugePng(16_383, 16_383))).rejects.toMatchObject({ code: 'MEDIA_REJECTED', details: { reason: 'TOO_MANY_PIXELS' } })
    expect(await store().list('quarantine/')).toEqual([])
  })

  it('accepts only objects in quarantine', async () => {
    const accepted = await upload(ada, await picture(60, 40).jpeg().toBuffer())
    const stolen = { objectKey: `media/${accepted.id}/original`, sizeBytes: 1 }
    await expect(opened.as(ben, () => opened.port.accept(stolen))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(opened.as(anonymous, () => opened.port.accept(stolen))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('says why a bad file failed, and removes its bytes', async () => {
    const file = await picture(600, 400).jpeg().toBuffer()
    const { id } = await upload(ada, file.subarray(0, file.length / 2))
    expect(await settled(id)).toMatchObject({ status: 'failed', reason: 'CORRUPT_IMAGE', renditions: [] })
    await eventually(async () => (await store().list(`media/${id}/`)).length === 0)
  })

  it('shows media to others while a published post of their owner has them', async () => {
    const { id } = await upload(ada, await picture(60, 40).png().toBuffer())
    await settled(id)
    await opened.tell(PostPublished({ ...post(ben, [id]), ...words }))
    const shown = post(ada, [id])
    await expect(get(ben, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await opened.tell(PostPublished({ ...shown, ...words }))
    await eventually(async () => (await locate(anonymous, id)).public)
    expect(await get(ben, id)).toMatchObject({ public: true, ownerId: idOf(ada) })
    await opened.tell(PostRemoved({ ...shown, version: 3 }))
    await eventually(() =>
      get(anonymous, id).then(
        () => false,
        (error: { code: string }) => error.code === 'NOT_FOUND',
      ),
    )
    expect((await get(ada, id)).public).toBe(false)
  })

  it('removes media at once, only for their owner, and then their bytes', async () => {
    const { id } = await upload(ada, await picture(60, 40).png().toBuffer())
    await settled(id)
    await expect(opened.as(ben, () => opened.port.remove({ id }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await opened.as(ada, () => opened.port.remove({ id }))
    await expect(get(ada, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(locate(ada, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await eventually(async () => (await store().list(`media/${id}/`)).length === 0)
  })
})

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@kilomega/testing'
import sharp from 'sharp'
import { ApiWorld } from './api-world.js'

const kills = 5
/** Leases of one second, so that what a killed process held is free again within the test. */
const shortLeases = { RELAY_LEASE_MS: '1000', QUEUE_LOCK_MS: '1000' }
/** On a busy machine, a starved rendering process would be running at every kill, and the picture would be taken for their cause. */
const ownShare = { MEDIA_RENDER_IDLE_MS: '100' }

/** A mail whose process was killed while it was sent is tried again when its lease of 60 s is over, and after five kills it waits up to 32 s for its sixth attempt. */
const mailedWithinMs = 150_000

let world: ApiWorld
beforeEach(async () => {
  world = await ApiWorld.open({ ...shortLeases, ...ownShare })
}, 60_000)
afterEach(() => world.close())

/** Kills the API at random moments while work continues; resolves when all kills have been made. */
async function killAtRandom(betweenMs: [number, number]): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await wait(betweenMs[0] + Math.random() * (betweenMs[1] - betweenMs[0]))
    await world.killAndRestart()
  }
}

/** Retries until there is an answer, as a client does whose connection breaks. */
async function retry<T>(request: () => Promise<T>): Promise<T> {
  return eventually(request, 30_000)
}

describe('an import during which the API is killed five times', () => {
  const documents = Array.from({ length: 4_000 }, (_, index) => ({
    key: `document-${index}`,
    title: `Report number${index} of the harbour`,
    body: `The ship of number${index} came in with tea, silk and word${index % 97}.`,
    category: `pier-${index % 7}`,
    tags: [`berth-${index % 11}`],
  }))

  it('loses and duplicates nothing: posts, events and the index agree', async () => {
    const token = await world.operatorToken()
    let done = false
    const importing = (async () => {
      while (!done) {
        for (let start = 0; start < documents.length; start += 200) {
          const body = { documents: documents.slice(start, start + 200) }
          const { status } = await retry(() => world.send('POST', '/v1/imports/posts', { token, body }))
          expect(status).toBe(200)
        }
      }
    })()
    await killAtRandom([200, 1_200])
    done = true
    await importing

    expect(await world.count('SELECT count(*) FROM content.post')).toBe(documents.length)
    expect(await world.count(`SELECT count(*) FROM content.outbox WHERE name = 'content.post-published'`)).toBe(documents.length)
    await eventually(async () => expect(await world.count('SELECT count(*) FROM content.delivery')).toBe(0), 30_000)
    expect(await world.count('SELECT count(*) FROM content.dead_letter')).toBe(0)
    const { body } = await world.send('GET', '/v1/search?q=number3999')
    expect(body).toMatchObject({ total: { value: 1 }, items: [{ title: 'Report number3999 of the harbour' }] })
    const { body: all } = await world.send('GET', `/v1/search?q=harbour&category=pier-3&facets=category`)
    expect((all as { facets: unknown }).facets).toMatchObject({
      category: [{ value: 'pier-3', count: documents.filter(({ category }) => category === 'pier-3').length }],
    })
  }, 180_000)
})

describe('a batch of uploads during which the API is killed five times', () => {
  const pictures = 24

  it('ends with every accepted picture ready once: rows, files, notifications', async () => {
    const token = await world.operatorToken()
    const accepted = new Set<string>()
    const killing = killAtRandom([300, 1_500])
    for (let index = 0; index < pictures; index += 1) {
      const bytes = await picture(index)
      const { status, body } = await retry(() => {
        const form = new FormData()
        form.append('file', new Blob([bytes], { type: 'image/png' }), `picture-${index}.png`)
        return world.send('POST', '/v1/media', { token, form })
      })
      expect(status).toBe(202)
      accepted.add((body as { id: string }).id)
    }
    await killing

    await eventually(async () => expect(await world.count(`SELECT count(*) FROM media.media WHERE status = 'processing'`)).toBe(0), 60_000)
    const rows = await world.rows<{ id: string; status: string }>('SELECT id, status FROM media.media')
    expect(rows.filter(({ status }) => status !== 'ready')).toEqual([])
    const ids = new Set(rows.map(({ id }) => id))
    expect([...accepted].filter((id) => !ids.has(id))).toEqual([])
    for (const id of accepted) expect(await renditionsOf(id)).toEqual(['avif-800', 'jpeg-400', 'original', 'webp-1600'])
    await eventually(async () => expect(await noticesOf()).toEqual(rows.map(({ id }) => id).sort()), 30_000)
  }, 180_000)

  const noticesOf = async () => {
    const notices = await world.rows<{ subject: string }>(`SELECT subject_id AS subject FROM notifications.notification WHERE type = 'media-ready'`)
    return notices.map(({ subject }) => subject).sort()
  }

  const renditionsOf = async (id: string) => {
    const names = await readdir(join(world.folder, '.kilomega/objects/media', id))
    return names.map((name) => name.replace(/-[0-9a-f]{16}$/, '')).sort()
  }
})

describe('registrations during which the API is killed five times', () => {
  it('each cause one mail: every committed registration is published once', async () => {
    const killing = killAtRandom([300, 1_200])
    let running = true
    void killing.then(() => (running = false))
    for (let index = 0; running; index += 1) {
      const body = { email: `sailor-${index}@example.org`, password: 'a long and salty password', name: 'Sailor' }
      expect((await retry(() => world.send('POST', '/v1/accounts', { body }))).status).toBe(202)
    }
    await killing

    const published = await world.count(
      `SELECT count(*) FROM identity.outbox WHERE name IN ('identity.account-registered', 'identity.registration-repeated')`,
    )
    expect(published).toBeGreaterThan(kills)
    await eventually(async () => expect(await world.count('SELECT count(*) FROM identity.delivery')).toBe(0), 30_000)
    await eventually(async () => expect(await world.count('SELECT count(*) FROM notifications.captured_mail')).toBe(published), mailedWithinMs)
  }, 300_000)
})

const picture = async (index: number): Promise<Uint8Array<ArrayBuffer>> => {
  const colour = { r: (index * 40) % 256, g: (index * 90) % 256, b: 120 }
  return new Uint8Array(
    await sharp({ create: { width: 900, height: 600, channels: 3, background: colour } })
      .png()
      .toBuffer(),
  )
}

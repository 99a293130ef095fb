import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { eventually } from '@kilomega/testing'
import { Client } from 'pg'
import sharp from 'sharp'
import { AnswerChecker } from './answer-checker.js'
import { openApi, type OpenedApi } from './open-api.js'
import { operationsOf } from './operations.js'

let api: OpenedApi
let ada: string
beforeAll(async () => {
  api = await openApi()
  ada = await api.signUp('ada')
}, 60_000)
afterAll(() => api.close())

const picture = () =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()

async function upload(bytes: Uint8Array, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), '../../etc/passwd')
  return api.ask({ method: 'POST', path: '/v1/media', token: ada, body: form, headers })
}

/** Everything left in quarantine and in temporary files. */
async function leftovers(): Promise<string[]> {
  const names = await readdir(api.folder, { recursive: true, withFileTypes: true })
  return names
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => /quarantine|\.tmp/.test(path))
}

interface State {
  id: string
  status: string
  alt: string | null
  renditions: { name: string; url: string; sizeBytes: number }[]
}

describe('a picture', () => {
  it('is accepted, rendered, and sent whole or in ranges', async () => {
    const accepted = await upload(await picture(), { alt: 'blue' })
    expect(accepted.status).toBe(202)
    const location = accepted.headers.get('location')!
    const ready = await whenReady(location)
    expect(ready).toMatchObject({ status: 'ready', alt: 'blue' })
    const { url, sizeBytes } = ready.renditions.find(({ name }) => name === 'jpeg-400')!
    const whole = await api.ask({ path: url, token: ada })
    expect([whole.status, Number(whole.headers.get('content-length'))]).toEqual([200, sizeBytes])
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, no-store',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': 'inline; filename="jpeg-400.jpeg"',
      'referrer-policy': 'no-referrer',
    })
    const part = await api.ask({ path: url, token: ada, headers: { range: 'bytes=0-9' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 0-9/${sizeBytes}`])
    const etag = whole.headers.get('etag')!
    const known = await api.ask({ path: url, token: ada, headers: { 'if-none-match': `W/${etag}` } })
    expect([known.status, known.headers.get('etag'), known.headers.has('content-length')]).toEqual([304, etag, false])
    expect((await api.ask({ path: url, token: ada, headers: { range: `bytes=${sizeBytes}-` } })).status).toBe(416)
    expect((await api.ask({ path: url })).status).toBe(404)
    await publishWith(ready.id)
    const published = await eventually(async () => {
      const answer = await api.ask({ path: url })
      expect(answer.status).toBe(200)
      return answer
    }, 10_000)
    expect(published.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await api.ask({ path: url.split('?')[0]! })).headers.get('cache-control')).toBe('private, no-store')
  })

  it('whose bytes are lost is missing, and no cache keeps that answer', async () => {
    const { headers } = await upload(await picture())
    const [rendition] = (await whenReady(headers.get('location')!)).renditions
    const entries = await readdir(api.folder, { recursive: true, withFileTypes: true })
    await Promise.all(entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => rm(join(parentPath, name))))
    const lost = await api.ask({ path: rendition!.url, token: ada })
    expect(lost).toMatchObject({ status: 404, json: { code: 'OBJECT_MISSING' } })
    expect([lost.headers.get('cache-control'), lost.headers.get('etag')]).toEqual(['no-store', null])
    const route = operationsOf(api.document).find(({ name }) => name === 'GET /v1/media/{id}/{rendition}')!
    expect(new AnswerChecker(api.document).problems(route, lost)).toEqual([])
  })

  const whenReady = (location: string) =>
    eventually(async () => {
      const state = (await api.ask({ path: location, token: ada })).json as State
      expect(state.status).not.toBe('processing')
      return state
    }, 20_000)

  async function publishWith(mediaId: string): Promise<void> {
    const { json } = await api.ask({ method: 'POST', path: '/v1/posts', token: ada, json: { title: 'a', body: 'b', mediaIds: [mediaId] } })
    await api.ask({ method: 'POST', path: `/v1/posts/${(json as State).id}/publish`, token: ada })
  }
})

describe('an upload that cannot be accepted', () => {
  afterEach(async () => expect(await leftovers()).toEqual([]))

  it.each<[string, () => Promise<{ status: number; json: unknown }>, string]>([
    ['text', () => upload(Buffer.from('just words, no picture at all')), '415 UNSUPPORTED_MEDIA_TYPE'],
    ['SVG', () => upload(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')), '415 UNSUPPORTED_MEDIA_TYPE'],
    ['nothing', () => upload(Buffer.alloc(0)), '400 VALIDATION_FAILED'],
    ['over 50 MiB', () => upload(Buffer.alloc(50 * 1024 * 1024 + 1, 1)), '413 PAYLOAD_TOO_LARGE'],
    ['an unknown field', async () => upload(await picture(), { role: 'admin' }), '400 VALIDATION_FAILED'],
    ['a field that reaches prototypes', async () => upload(await picture(), { constructor: 'x' }), '400 VALIDATION_FAILED'],
    ['no form', () => api.ask({ method: 'POST', path: '/v1/media', token: ada, json: {} }), '415 UNSUPPORTED_CONTENT_TYPE'],
  ])('%s is refused and leaves nothing', async (_, ask, expected) => {
    const { status, json } = await ask()
    expect(`${status} ${(json as { code: string }).code}`).toBe(expected)
  })

  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
  it.each([
    ['no boundary', 'multipart/form-data', `${head}abc\r\n--x--`],
    ['another boundary', 'multipart/form-data; boundary=y', `${head}abc\r\n--x--`],
    ['no end', 'multipart/form-data; boundary=x', `${head}abc`],
    ['an endless header', 'multipart/form-data; boundary=x', `--x\r\n${'a'.repeat(100_000)}`],
    ['no name', 'multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; filename="a"\r\n\r\nabc\r\n--x--'],
    ['many parts', 'multipart/form-data; boundary=x', `${'--x\r\ncontent-disposition: form-data; name="alt"\r\n\r\na\r\n'.repeat(5_000)}--x--`],
    ['nothing at all', 'multipart/form-data; boundary=x', ''],
  ])('a form with %s is refused', async (_, type, body) => {
    const { status } = await api.ask({ method: 'POST', path: '/v1/media', token: ada, body, headers: { 'content-type': type } })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  it('by a client that disconnects half-way leaves nothing', async () => {
    for (let at = 0; at < 20; at += 1) {
      const headers = { authorization: `Bearer ${ada}`, 'content-type': 'multipart/form-data; boundary=x', 'content-length': '1000000' }
      const sent = request(`${api.url}/v1/media`, { method: 'POST', headers, agent: false }).on('error', () => undefined)
      sent.write(head + 'x'.repeat(200_000))
      await once(sent, 'socket')
      await eventually(async () => (await leftovers()).length > 0, 5_000)
      sent.destroy()
      await eventually(async () => (await leftovers()).length === 0, 5_000)
    }
    expect((await api.ask({ path: '/health/live' })).status).toBe(200)
  })
})

describe('an upload repeated with its Idempotency-Key', () => {
  afterEach(() => eventually(async () => expect(await leftovers()).toEqual([]), 20_000))

  const sent = (bytes: Uint8Array, key: string) => upload(bytes, { alt: 'a beach' }, { 'idempotency-key': key })
  const padded = (bytes: Uint8Array, filler: number) => Buffer.concat([bytes, Buffer.alloc(8, filler)])

  it('of the same bytes is answered as before, and there is one picture', async () => {
    const bytes = await picture()
    const first = await sent(bytes, 'same')
    const repeated = await sent(bytes, 'same')
    expect([first.status, repeated.status]).toEqual([202, 202])
    expect(repeated.json).toEqual(first.json)
    expect(repeated.headers.get('location')).toBe(first.headers.get('location'))
    expect([first, repeated].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
  })

  it('of other bytes is refused, even if there are as many, and the first picture stays', async () => {
    const bytes = await picture()
    const first = await sent(padded(bytes, 1), 'other')
    expect(await sent(padded(bytes, 2), 'other')).toMatchObject({ status: 422, json: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    expect((await sent(padded(bytes, 1), 'other')).json).toEqual(first.json)
  })

  it('is refused as before', async () => {
    const bytes = Buffer.from('just words, no picture at all')
    for (const _ of [1, 2, 3]) expect(await sent(bytes, 'refused')).toMatchObject({ status: 415, json: { code: 'UNSUPPORTED_MEDIA_TYPE' } })
    expect(await sent(await picture(), 'refused')).toMatchObject({ status: 422, json: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  })

  it('is answered when the process died before it could answer', async () => {
    const bytes = await picture()
    const first = await sent(bytes, 'crashed')
    await leaveUnanswered('crashed')
    const repeated = await sent(bytes, 'crashed')
    expect([repeated.status, (repeated.json as State).id]).toEqual([202, (first.json as State).id])
    await leaveUnanswered('crashed')
    expect(await sent(padded(bytes, 1), 'crashed')).toMatchObject({ status: 422, json: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  })

  /** As a process that died leaves a key: claimed, without an answer, for longer than the lease. */
  async function leaveUnanswered(key: string): Promise<void> {
    const client = new Client(api.databaseUrl)
    await client.connect()
    await client.query(`UPDATE platform.idempotency SET status = NULL, leased_until = now() - interval '1 s' WHERE key = $1`, [key])
    await client.end()
  }
})

it('captured mail is shown as text on the internal port', async () => {
  const { status, text, headers } = await api.ask({ path: '/mail?to=ada@example.org' }, api.internalUrl)
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(text).toMatch(/<a href="http:\/\/localhost:3000[^"]*token=/)
  expect(text).toMatch(/<time datetime="[^"]+Z">\d{1,2} [A-Z][a-z]{2} \d{4}/)
  expect(text).toMatch(/<iframe sandbox="allow-popups allow-popups-to-escape-sandbox"[^>]*srcdoc="[^"]*&lt;base target=&quot;_blank&quot;&gt;/)
})

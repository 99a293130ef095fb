import { once } from 'node:events'
import { connect } from 'node:net'
import { openApi, type OpenedApi } from './open-api.js'

const soonMs = 5_000
const large = Buffer.alloc(20 * 1024 * 1024, 'x')
const file = Buffer.concat([
  Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'),
  large,
])
const field = (name: string): Buffer => Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nvalue\r\n`)
const end = Buffer.from('\r\n--b--\r\n')

describe('an upload that is refused before its file has arrived', () => {
  let api: OpenedApi
  let ada: string
  beforeAll(async () => {
    api = await openApi()
    ada = await api.signUp('ada')
  }, 60_000)
  afterAll(() => api.close())

  const headOf = (length: number | undefined, headers: string[] = []): string =>
    [
      'POST /v1/media HTTP/1.1',
      `Host: ${new URL(api.url).host}`,
      `Authorization: Bearer ${ada}`,
      'Content-Type: multipart/form-data; boundary=b',
      length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
      ...headers,
      '\r\n',
    ].join('\r\n')

  /** A client that reads nothing before it has sent everything, as many do. */
  async function sendAllThenRead(body: Buffer, headers: string[] = []) {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    const failed = once(socket, 'error').then(([error]) => Promise.reject(error as Error))
    failed.catch(() => undefined)
    await once(socket, 'connect')
    socket.pause()
    const began = performance.now()
    socket.write(headOf(body.length, headers))
    const sent = new Promise((resolve) => socket.write(body, resolve))
    await Promise.race([sent, failed])
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.resume()
    while (!/\r\n\r\n.*\}$/s.test(answer)) await Promise.race([once(socket, 'data'), once(socket, 'close'), failed])
    socket.end()
    await Promise.race([once(socket, 'close'), failed])
    return { status: Number(answer.slice(9, 12)), answer, tookMs: performance.now() - began }
  }

  it.each([
    ['an unknown field', Buffer.concat([field('role'), file, end]), 'Unknown field: role'],
    [
      'an unknown file',
      Buffer.concat([Buffer.from('--b\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\n'), large, end]),
      'Unknown field: other',
    ],
    ['a field that reaches prototypes', Buffer.concat([field('constructor'), file, end]), ''],
    ['many parts', Buffer.concat([...Array<Buffer>(2_000).fill(field('alt')), file, end]), ''],
  ])(
    'for %s is answered as soon as everything was sent, and the connection is closed properly',
    async (_, body, words) => {
      const { status, answer, tookMs } = await sendAllThenRead(body)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(answer).toContain(words)
      expect(tookMs).toBeLessThan(soonMs)
    },
    100_000,
  )

  it('is answered at once to a client that reads while it sends', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(headOf(100_000_000))
    socket.write(Buffer.concat([field('role'), file.subarray(0, 200)]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /)
    socket.destroy()
  }, 15_000)

  it('leaves the connection open for the next request', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const body = Buffer.concat([field('role'), file, end])
    socket.write(headOf(body.length))
    socket.write(body)
    socket.write(`GET /health/live HTTP/1.1\r\nHost: ${new URL(api.url).host}\r\n\r\n`)
    let answers = ''
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1')))
    while ((answers.match(/HTTP\/1\.1 /g) ?? []).length < 2)
      await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => Promise.reject(new Error(answers)))])
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200'])
    socket.destroy()
  }, 15_000)

  it('has its file recognized by the field name, with or without a filename', async () => {
    const text = 'just words, no picture'
    const part = (about: string) => `--b\r\nContent-Disposition: form-data; name="file"${about}\r\n\r\n${text}\r\n--b--\r\n`
    for (const about of ['; filename="a.png"', '', '\r\nContent-Type: image/png', '\r\nContent-Type: application/octet-stream'])
      expect(await sendAllThenRead(Buffer.from(part(about)))).toMatchObject({ status: 415 })
  }, 60_000)
})

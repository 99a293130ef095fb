import { fieldsOfBothPorts } from './fields.js'
import { type Answer, type TestRequest, openApi, type OpenedApi, operatorToken } from './open-api.js'

let api: OpenedApi
beforeAll(async () => (api = await openApi({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000' })), 60_000)
afterAll(() => api.close())

/** Except for fields that are tested separately. */
const textFields = () => fieldsOfBothPorts(api).filter(({ schema }) => Object.keys(schema).length > 0)

const isRefusedFor = ({ status, json }: Answer, path: string): boolean =>
  status === 400 && ((json as { errors?: { path: string }[] }).errors ?? []).some((error) => error.path === path || error.path === `${path}.0`)

/** Invalid bytes: no start of a character, truncated, overlong, half of a surrogate pair. */
const notUtf8 = ['ff', 'c3', 'c0af', 'eda080', 'f4908080']
const mark = 'ThisIsWhereTheBytesGo'

describe('every value that callers send', () => {
  it('is refused by name if PostgreSQL could not store it', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const field of textFields()) {
      const isInBody = field.with('').json !== undefined
      for (const text of isInBody ? ['\u0000', 'x\u0000y', 'x\ud800'] : ['\u0000', 'x\u0000y']) {
        const answer = await field.ask(field.with(text))
        asked += 1
        if (!isRefusedFor(answer, field.path)) wrong.push(`${field.name}: ${answer.status} ${answer.text}`)
      }
    }
    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(90)
  })

  it('is refused by name if it is not UTF-8', async () => {
    const wrong: string[] = []
    for (const field of textFields()) {
      for (const hex of notUtf8) {
        const answer = await field.ask(inBytes(field.with(mark), hex))
        if (!isRefusedFor(answer, field.path)) wrong.push(`${field.name} ${hex}: ${answer.status} ${answer.text}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('is named whatever the other values are', async () => {
    const text = `{"title":"\\u00e9 \\ud83d\\ude00 é","body":"\\\\u00e9","tags":["a","${mark}"]}`
    const headers = { 'content-type': 'application/json' }
    const answer = await api.ask({ method: 'POST', path: '/v1/posts', token: operatorToken, headers, body: bytesOf(text, 'ff') })
    expect(answer.json).toMatchObject({ status: 400, errors: [{ path: 'tags.1', code: 'invalid_utf8' }] })
    const name = await api.ask({ method: 'POST', path: '/v1/posts', token: operatorToken, headers, body: bytesOf(`{"${mark}":1}`, 'ff') })
    expect(name.json).toMatchObject({ status: 400, errors: [{ path: '', code: 'invalid_utf8' }] })
  })

  it('is refused in a form, too', async () => {
    const boundary = 'edge'
    const part = (alt: string, type: string) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="alt"${type}\r\n\r\n${alt}\r\n--${boundary}--\r\n`
    const send = async (text: string, hex: string, type = '') => {
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
      return api.ask({ method: 'POST', path: '/v1/media', token: operatorToken, headers, body: bytesOf(part(text, type), hex) })
    }
    for (const type of ['', '\r\ncontent-type: text/plain; charset=utf-8'])
      for (const hex of notUtf8)
        expect((await send(mark, hex, type)).json).toMatchObject({ status: 400, errors: [{ path: 'alt', code: 'invalid_utf8' }] })
    expect((await send('é😀', '')).json).toMatchObject({ status: 400, errors: [{ path: 'file' }] })
  })
})

function inBytes({ json, path, ...request }: TestRequest, hex: string): TestRequest {
  const escaped = hex.replace(/../g, '%$&')
  if (json === undefined) return { ...request, path: path.replace(mark, escaped) }
  const headers = { ...request.headers, 'content-type': 'application/json' }
  return { ...request, path, headers, body: bytesOf(JSON.stringify(json), hex) }
}

function bytesOf(text: string, hex: string): Uint8Array<ArrayBuffer> {
  const [before, after = ''] = text.split(mark)
  return new Uint8Array(Buffer.concat([Buffer.from(before!), Buffer.from(hex, 'hex'), Buffer.from(after)]))
}

import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { eventually } from '@kilomega/testing'
import sharp from 'sharp'
import { openApi, type OpenedApi } from './open-api.js'

let api: OpenedApi
let ada: string
beforeAll(async () => {
  api = await openApi()
  ada = await api.signUp('ada')
}, 60_000)
afterAll(() => api.close())

describe('a condition on a post', () => {
  let path: string
  beforeEach(async () => {
    const { json } = await api.ask({ method: 'POST', path: '/v1/posts', token: ada, json: { title: 'a', body: 'b' } })
    path = `/v1/posts/${(json as { id: string }).id}`
  })

  const change = (headers: Record<string, string>) => api.ask({ method: 'PATCH', path, token: ada, json: { title: 'c' }, headers })
  const remove = (headers: Record<string, string>) => api.ask({ method: 'DELETE', path, token: ada, headers })

  it.each(['*', '"1"', '"7", "1"', '"1","7"', '"other", "1"'])('is met by If-Match: %s', async (ifMatch) => {
    expect(await change({ 'if-match': ifMatch })).toMatchObject({ status: 200, json: { version: 2 } })
    expect((await remove({ 'if-match': ifMatch.replace('"1"', '"2"') })).status).toBe(204)
  })

  it.each(['"2"', '"2", "3"', '1', '"other"', '"1" "2"'])('is not met by If-Match: %s', async (ifMatch) => {
    for (const answer of [await change({ 'if-match': ifMatch }), await remove({ 'if-match': ifMatch })]) expect(answer.status).toBe(412)
  })

  it('is met by no version that If-None-Match excludes', async () => {
    expect((await change({ 'if-match': '*', 'if-none-match': '*' })).status).toBe(412)
    expect((await change({ 'if-match': '"1", "2"', 'if-none-match': '"1"' })).status).toBe(412)
  })

  it('is checked on reads, too', async () => {
    const read = async (headers: Record<string, string>) => (await api.ask({ path, token: ada, headers })).status
    expect(await read({ 'if-match': '"2"' })).toBe(412)
    expect(await read({ 'if-match': '"2", "1"' })).toBe(200)
    expect(await read({ 'if-match': '*', 'if-none-match': '"0", W/"1"' })).toBe(304)
    expect(await read({ 'if-none-match': '"2"' })).toBe(200)
  })
})

describe('a range', () => {
  let url: string
  let sizeBytes: number
  beforeAll(async () => {
    const form = new FormData()
    const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#3366cc' } })
      .png()
      .toBuffer()
    form.set('file', new Blob([new Uint8Array(bytes)]), 'blue.png')
    const { json } = await api.ask({ method: 'POST', path: '/v1/media', token: ada, body: form })
    const rendition = await eventually(async () => {
      const state = (await api.ask({ path: `/v1/media/${(json as { id: string }).id}`, token: ada })).json
      const [first] = (state as { renditions: { url: string; sizeBytes: number }[] }).renditions
      expect(first).toBeDefined()
      return first!
    }, 20_000)
    url = rendition.url
    sizeBytes = rendition.sizeBytes
  }, 30_000)

  async function ask(method: string, headers: Record<string, string>) {
    const asked = httpRequest(new URL(url, api.url), { method, headers: { authorization: `Bearer ${ada}`, ...headers } }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    const chunks = await response.toArray()
    return { status: response.statusCode, headers: response.headers, length: Buffer.concat(chunks as Buffer[]).length }
  }

  it.each(['bytes=0-3', 'BYTES=0-3', 'bytes= 0-3'])('%s is sent', async (range) => {
    const { status, headers, length } = await ask('GET', { range })
    expect([status, headers['content-range'], length]).toEqual([206, `bytes 0-3/${sizeBytes}`, 4])
  })

  it('outside the content is refused with the actual size', async () => {
    const { status, headers } = await ask('GET', { range: `bytes=${sizeBytes}-` })
    expect([status, headers['content-range'], headers['content-disposition']]).toEqual([416, `bytes */${sizeBytes}`, undefined])
  })

  it.each(['bytes=0-3', 'bytes=999999999-'])('%s means nothing to HEAD', async (range) => {
    const { status, headers, length } = await ask('HEAD', { range })
    expect([status, headers['content-length'], headers['content-range'], length]).toEqual([200, String(sizeBytes), undefined, 0])
  })

  it('of another version returns the whole content', async () => {
    const etag = (await ask('HEAD', {})).headers.etag!
    const statuses = ['"other"', `W/${etag}`, etag].map(async (ifRange) => (await ask('GET', { range: 'bytes=0-3', 'if-range': ifRange })).status)
    expect(await Promise.all(statuses)).toEqual([200, 200, 206])
    expect((await ask('GET', { 'if-match': '"other"' })).status).toBe(412)
  })
})

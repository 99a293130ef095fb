import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import multipart from '@fastify/multipart'
import type { Upload } from '@kilomega/contracts'
import { portErrors } from '@kilomega/ports'
import { DiskObjectStore } from '@kilomega/storage'
import fastify from 'fastify'
import { receiveUpload } from './receive-upload.js'

describe('an upload on the way to its module', () => {
  let folder: string
  let store: DiskObjectStore
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'receive-upload-'))
    store = new DiskObjectStore(folder)
  })
  afterEach(() => rm(folder, { recursive: true }))

  const bytes = Buffer.alloc(200_000, 'picture')
  async function send(accept: (upload: Upload) => Promise<unknown>): Promise<void> {
    const server = fastify()
    await server.register(multipart)
    server.post('/', async (request) => {
      await receiveUpload(request, store, accept).catch(() => undefined)
      return {}
    })
    const form = new FormData()
    form.set('file', new Blob([bytes]), 'a.png')
    const request = new Request('http://localhost/', { method: 'POST', body: form })
    const payload = Buffer.from(await request.arrayBuffer())
    await server.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': request.headers.get('content-type')! } })
    await server.close()
  }

  it('has the hash of its bytes, which are complete in the store', async () => {
    const seen: Upload[] = []
    await send(async (upload) => seen.push(upload))
    expect(seen).toMatchObject([{ sizeBytes: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') }])
    expect((await store.head(seen[0]!.objectKey, bytes.length + 1)).equals(bytes)).toBe(true)
  })

  it.each([
    ['is removed if the module refuses it', portErrors.CONFLICT(), 0],
    ['stays if the answer of the module is lost, because it may have been accepted', portErrors.DEADLINE_EXCEEDED(), 1],
    ['stays if the module becomes unreachable', portErrors.DEPENDENCY_UNAVAILABLE(), 1],
    ['stays if the cause of the error is unknown', new Error('lost'), 1],
  ])('%s', async (_, error, left) => {
    await send(() => Promise.reject(error))
    expect(await store.list('quarantine/')).toHaveLength(left)
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiAnswer, Unreachable } from '../api/http-client.js'
import type { Batch } from './batches.js'
import { BatchSender } from './batch-sender.js'
import { Checkpoint } from './checkpoint.js'
import { Importer } from './importer.js'
import { Throttle } from './throttle.js'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): ApiAnswer => ({
  status,
  body,
  headers: new Headers(headers),
  tookMs: 1,
})
const published = answer(200, { created: 1, unchanged: 0, rejected: [] })
const batch = (line: number): Batch => ({ documents: [{ key: `d${line}`, title: 'T', body: 'B' }], lines: [line], badLines: [], lastLine: line })

async function* batches(count: number) {
  for (let line = 1; line <= count; line++) yield batch(line)
}

describe('Sending an import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-import-'))
  const pauses: number[] = []
  let name = 0
  beforeEach(() => {
    pauses.length = 0
    name++
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function importer(send: (call: number) => Promise<ApiAnswer>, most = 3) {
    let calls = 0
    const throttle = new Throttle(most)
    const sender = new BatchSender(
      () => send(++calls),
      throttle,
      (ms) => Promise.resolve(pauses.push(ms)),
    )
    const checkpoint = new Checkpoint(folder, String(name))
    return { throttle, checkpoint, run: (count: number) => new Importer(sender, throttle, checkpoint, () => undefined).run(batches(count)) }
  }

  it('adds up the results of all batches', async () => {
    const rejected = { created: 0, unchanged: 0, rejected: [{ index: 0, code: 'VALIDATION_FAILED', message: 'title: too long' }] }
    const { run } = importer((call) => Promise.resolve(call === 2 ? answer(200, rejected) : published))
    expect(await run(3)).toEqual({
      lastLine: 3,
      created: 2,
      unchanged: 0,
      badLines: [{ line: 2, problem: 'VALIDATION_FAILED: title: too long' }],
    })
  })

  it('has no more requests in flight than the throttle allows', async () => {
    let open = 0
    let most = 0
    const { run } = importer(async () => {
      most = Math.max(most, ++open)
      await new Promise(setImmediate)
      open--
      return published
    }, 2)
    await run(10)
    expect(most).toBe(2)
  })

  it('waits as long as the API asks, then sends the batch again with less concurrency', async () => {
    const { run, throttle } = importer((call) => Promise.resolve(call === 1 ? answer(429, {}, { 'retry-after': '3' }) : published))
    expect(await run(1)).toMatchObject({ created: 1 })
    expect(pauses).toEqual([3_000])
    expect(throttle.limit).toBe(2)
  })

  it('continues after the API was unreachable for a while', async () => {
    const { run } = importer((call) => (call <= 3 ? Promise.reject(new Unreachable('away')) : Promise.resolve(published)), 1)
    expect(await run(2)).toMatchObject({ created: 2, lastLine: 2 })
    expect(pauses).toEqual([250, 500, 1_000])
  })

  it('gives up when the API stays unreachable for two minutes', async () => {
    const { run } = importer(() => Promise.reject(new Unreachable('away')), 1)
    await expect(run(2)).rejects.toThrow('away')
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(120_000)
  })

  it('gives up at once if it is not allowed to import', async () => {
    const { run } = importer(() => Promise.resolve(answer(403, { code: 'FORBIDDEN', title: 'You may not do this' })))
    await expect(run(2)).rejects.toThrow('403 FORBIDDEN: You may not do this')
    expect(pauses).toEqual([])
  })

  it.each([400, 413, 422])('finds the one document for which a batch is refused with %i, and publishes the others', async (status) => {
    const documents = ['a', 'b', 'bad', 'd', 'e'].map((key) => ({ key, title: 'T', body: 'B' }))
    const sender = new BatchSender(async ({ json }) => {
      const sent = (json as Batch).documents
      if (sent.some(({ key }) => key === 'bad')) return answer(status, { code: 'REFUSED', detail: 'it is bad' })
      const rejected = sent.flatMap(({ key }, index) => (key === 'e' ? [{ index, code: 'E', message: 'no e' }] : []))
      return answer(200, { created: sent.length - rejected.length, unchanged: 0, rejected })
    }, new Throttle(1))
    expect(await sender.deliver({ documents, lines: [1, 3, 5, 7, 9], badLines: [{ line: 6, problem: 'is not JSON' }], lastLine: 9 })).toEqual({
      created: 3,
      unchanged: 0,
      rejected: [
        { line: 5, problem: 'REFUSED: it is bad' },
        { line: 6, problem: 'is not JSON' },
        { line: 9, problem: 'E: no e' },
      ],
    })
  })

  it('moves its checkpoint only past lines before which no batch is open', async () => {
    const late = Promise.withResolvers<ApiAnswer>()
    const { run, checkpoint } = importer((call) => (call === 1 ? late.promise : Promise.resolve(published)))
    const running = run(3)
    await new Promise(setImmediate)
    expect(checkpoint.state.lastLine).toBe(0)
    late.resolve(published)
    expect(await running).toMatchObject({ lastLine: 3 })
  })

  it('finds its checkpoint again until it is cleared', async () => {
    const { run, checkpoint } = importer(() => Promise.resolve(published))
    await run(2)
    checkpoint.write()
    expect(new Checkpoint(folder, String(name)).state).toMatchObject({ lastLine: 2, created: 2 })
    checkpoint.clear()
    expect(new Checkpoint(folder, String(name)).state.lastLine).toBe(0)
  })
})

import { type Batch, packBatches } from './batches.js'
import type { DocumentLine } from './document-lines.js'

const document = (line: number, body = 'short'): DocumentLine => ({ line, document: { key: `d${line}`, title: 'A title', body } })

async function pack(lines: DocumentLine[], limits = { documents: 3, bytes: 10_000 }): Promise<Batch[]> {
  async function* each() {
    yield* lines
  }
  return Array.fromAsync(packBatches(each(), limits))
}

describe('Packing documents into batches', () => {
  it('fills each batch up to the number of documents', async () => {
    const batches = await pack([1, 2, 3, 4].map((line) => document(line)))
    expect(batches.map(({ lines }) => lines)).toEqual([[1, 2, 3], [4]])
  })

  it('starts a new batch before the byte limit is exceeded', async () => {
    const batches = await pack([document(1, 'x'.repeat(6_000)), document(2, 'x'.repeat(6_000))])
    expect(batches.map(({ lines }) => lines)).toEqual([[1], [2]])
  })

  it('skips a document that is too large for any request, and says which and by how much', async () => {
    const batches = await pack([document(1), document(2, 'x'.repeat(20_000)), document(3)])
    expect(batches).toMatchObject([
      { lines: [1, 3], lastLine: 3, badLines: [{ line: 2, problem: 'is a document of 20041 bytes, and 10000 are the most' }] },
    ])
  })

  it('counts bytes, not characters', async () => {
    const batches = await pack([document(1, 'ä'.repeat(3_000)), document(2, 'ä'.repeat(3_000))])
    expect(batches).toHaveLength(2)
  })

  it('passes on bad lines together with the last line of a batch', async () => {
    const batches = await pack([document(1), { line: 2, problem: 'is not JSON' }, document(5), { line: 7, problem: 'is not JSON' }])
    expect(batches).toMatchObject([{ lines: [1, 5], lastLine: 7, badLines: [{ line: 2 }, { line: 7 }] }])
  })

  it('gives one batch without documents for a file of bad lines', async () => {
    expect(await pack([{ line: 1, problem: 'is not JSON' }])).toMatchObject([{ documents: [], lastLine: 1 }])
  })

  it('gives nothing for an empty file', async () => {
    expect(await pack([])).toEqual([])
  })
})

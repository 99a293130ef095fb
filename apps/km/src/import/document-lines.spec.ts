import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readDocumentLines } from './document-lines.js'
import { surveyFile } from './survey-file.js'

const sample = join(import.meta.dirname, '../../fixtures/sample.ndjson.gz')

describe('Reading a file of documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-lines-'))
  const write = (name: string, content: string | Buffer): string => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }
  afterAll(() => rmSync(folder, { recursive: true }))

  it('takes name as the key and section as the category', async () => {
    const file = write('one.ndjson', '{"name":"ada","title":"T","body":"B","section":"s","tags":["a"],"homepage":"x"}\n')
    expect(await Array.fromAsync(readDocumentLines(file))).toEqual([
      { line: 1, document: { key: 'ada', title: 'T', body: 'B', category: 's', tags: ['a'] } },
    ])
  })

  it('tells the number of each bad line and goes on', async () => {
    const file = write('bad.ndjson', 'oops\n\n{"name":"a","title":"T","body":"B"}\n{"name":"b","body":7}\n[]\n')
    const lines = await Array.fromAsync(readDocumentLines(file))
    expect(lines).toMatchObject([
      { line: 1, problem: 'is not JSON' },
      { line: 3, document: { key: 'a' } },
      { line: 4, problem: expect.stringMatching(/title: .*; body: /) as string },
      { line: 5, problem: expect.stringMatching(/^line: /) as string },
    ])
  })

  it('begins after a line', async () => {
    const lines = await Array.fromAsync(readDocumentLines(sample, 990))
    expect(lines.map(({ line }) => line)).toEqual([991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000])
  })

  it('counts the lines of a file, the last one with or without its end', async () => {
    expect(await surveyFile(sample)).toMatchObject({ lines: 1_000 })
    expect(await surveyFile(write('open.ndjson', 'a\nb'))).toMatchObject({ lines: 2 })
  })

  it('knows the same text by the same name, packed or not', async () => {
    const packed = await surveyFile(write('same.ndjson.gz', gzipSync('a\n')))
    expect(packed).toEqual(await surveyFile(write('same.ndjson', 'a\n')))
  })

  it('says of a file that is absent or broken that it cannot be read', async () => {
    await expect(surveyFile(join(folder, 'absent.ndjson'))).rejects.toThrow('cannot be read: ENOENT')
    await expect(surveyFile(write('broken.ndjson.gz', 'no gzip'))).rejects.toThrow('cannot be read: incorrect header check')
  })
})

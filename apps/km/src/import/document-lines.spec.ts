import { Readable } from 'node:stream'
import { type DocumentLine, readDocumentLines } from './document-lines.js'
import { lineLimitBytes } from './text-lines.js'

/** In chunks of a few bytes, so that every character and every line ending is split somewhere. */
function read(content: string | Buffer, afterLine = 0, pieceBytes = 3): Promise<DocumentLine[]> {
  const bytes = Buffer.from(content as string)
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) => bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes))
  return Array.fromAsync(readDocumentLines({ open: () => Readable.from(pieces) }, afterLine))
}

const line = (name: string, body = 'B'): string => JSON.stringify({ name, title: 'T', body })
const document = (key: string, body = 'B') => ({ key, title: 'T', body })

describe('Reading documents, one per line', () => {
  it('takes name as the key and section as the category', async () => {
    expect(await read('{"name":"ada","title":"T","body":"B","section":"s","tags":["a"],"homepage":"x"}\n')).toEqual([
      { line: 1, document: { key: 'ada', title: 'T', body: 'B', category: 's', tags: ['a'] } },
    ])
  })

  it('reports the number of each bad line and continues', async () => {
    expect(await read('oops\n\n{"name":"a","title":"T","body":"B"}\n{"name":"b","body":7}\n[]\n')).toMatchObject([
      { line: 1, problem: 'is not JSON' },
      { line: 3, document: { key: 'a' } },
      { line: 4, problem: expect.stringMatching(/title: .*; body: /) as string },
      { line: 5, problem: expect.stringMatching(/^line: /) as string },
    ])
  })

  it('starts after a given line', async () => {
    expect((await read([1, 2, 3, 4].map((number) => line(`d${number}`)).join('\n'), 2)).map(({ line }) => line)).toEqual([3, 4])
  })

  it.each([
    ['a line feed', '\n'],
    ['a carriage return and a line feed', '\r\n'],
  ])('ends a line with %s', async (_, end) => {
    expect(await read(`${line('a')}${end}${end}${line('b')}${end}`)).toEqual([
      { line: 1, document: document('a') },
      { line: 3, document: document('b') },
    ])
  })

  it.each(['\u2028', '\u2029', '\u0085'])('does not end a line at %j, which may occur in a string', async (character) => {
    expect(await read(`${line('a', `one${character}two`)}\n${line('b')}`)).toEqual([
      { line: 1, document: document('a', `one${character}two`) },
      { line: 2, document: document('b') },
    ])
  })

  it('ignores byte order marks, at the start of a file or where a second file was appended', async () => {
    expect(await read(`\uFEFF${line('a')}\n\uFEFF${line('b')}\n`)).toEqual([
      { line: 1, document: document('a') },
      { line: 2, document: document('b') },
    ])
  })

  it('accepts every character of UTF-8', async () => {
    expect(await read(line('ä', 'Grüße, 世界 🚀\uFEFF'))).toEqual([{ line: 1, document: document('ä', 'Grüße, 世界 🚀\uFEFF') }])
  })

  it.each([
    ['Latin-1', Buffer.from(line('b', 'Grüße'), 'latin1')],
    ['a cut character', Buffer.from(line('b', 'Grüße')).filter((byte) => byte !== 0xc3)],
    ['UTF-16, little end first', Buffer.from(line('b'), 'utf16le')],
    ['UTF-16, big end first', Buffer.from(line('b'), 'utf16le').swap16()],
    [
      'a surrogate as CESU-8 writes it',
      Buffer.concat([Buffer.from('{"name":"b","title":"T","body":"'), Buffer.from('eda0bd', 'hex'), Buffer.from('"}')]),
    ],
  ])('refuses the lines that are not UTF-8, as of %s, and no others', async (_, bytes) => {
    const content = Buffer.concat([Buffer.from(`${line('a')}\n`), bytes, Buffer.from(`\n${line('c')}`)])
    expect(await read(content)).toEqual([
      { line: 1, document: document('a') },
      { line: 2, problem: 'is not UTF-8' },
      { line: 3, document: document('c') },
    ])
  })

  it('recognizes UTF-16 at the first line of a file, and refuses it', async () => {
    expect(await read(Buffer.from(`\uFEFF${line('a')}\n${line('b')}\n`, 'utf16le'))).toEqual(
      [1, 2, 3].map((line) => ({ line, problem: 'is not UTF-8' })),
    )
  })

  it('refuses a line that is too long to keep in memory, names its size, and continues', async () => {
    const long = `{"name":"long","title":"T","body":"${'x'.repeat(lineLimitBytes)}"}`
    expect(await read(`${line('a')}\n${long}\n${line('b')}\n${long}`, 0, 65_536)).toEqual([
      { line: 1, document: document('a') },
      { line: 2, problem: `has ${long.length} bytes, and ${lineLimitBytes} are the most` },
      { line: 3, document: document('b') },
      { line: 4, problem: `has ${long.length} bytes, and ${lineLimitBytes} are the most` },
    ])
  })
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { readDocumentLines } from './document-lines.js'
import { openSource } from './import-source.js'
import { surveySource } from './survey-source.js'

/** Other systems have no /proc, and mkfifo may be missing. */
const onLinux = process.platform === 'linux' ? it : it.skip
const text = '{"name":"a","title":"T","body":"first"}\n{"name":"b","title":"T","body":"second"}\n'
const keys = ['a', 'b']

describe('The source of an import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-source-'))
  const write = (name: string, content: string | Buffer): string => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }
  afterAll(() => rmSync(folder, { recursive: true }))

  /** As an import does: once to count, once to send. */
  async function readTwice(path: string, input: Readable = Readable.from([])) {
    const source = await openSource(path, { folder, input })
    try {
      const survey = await surveySource(source)
      const lines = await Array.fromAsync(readDocumentLines(source))
      return { survey, keys: lines.map((line) => ('document' in line ? line.document.key : line.problem)) }
    } finally {
      await source.close()
    }
  }

  it('may be a file', async () => {
    expect(await readTwice(write('plain.ndjson', text))).toMatchObject({ survey: { lines: 2 }, keys })
  })

  it('may be compressed, whatever its name', async () => {
    expect(await readTwice(write('packed.ndjson.gz', gzipSync(text)))).toMatchObject({ survey: { lines: 2 }, keys })
    expect(await readTwice(write('packed.data', gzipSync(text)))).toMatchObject({ survey: { lines: 2 }, keys })
  })

  it.each(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])('may be standard input, as %s', async (path) => {
    const bytes = Buffer.from(text)
    const parts = () => Readable.from([bytes.subarray(0, 7), bytes.subarray(7)])
    expect(await readTwice(path, parts())).toMatchObject({ survey: { lines: 2 }, keys })
    expect(await readTwice(path, Readable.from([gzipSync(text)]))).toMatchObject({ survey: { lines: 2 }, keys })
    expect(await readTwice(path)).toMatchObject({ survey: { lines: 0 }, keys: [] })
  })

  onLinux('may be a named pipe', async () => {
    const pipe = join(folder, 'pipe.ndjson')
    execFileSync('mkfifo', [pipe])
    const reading = readTwice(pipe)
    execFileSync('sh', ['-c', `printf '%s' "$1" > "$2" &`, 'sh', text, pipe], { stdio: 'ignore' })
    expect(await reading).toMatchObject({ survey: { lines: 2 }, keys })
  })

  it('has the same hash, whichever way it arrives', async () => {
    const file = await readTwice(write('same.ndjson', text))
    expect((await readTwice(write('same.ndjson.gz', gzipSync(text)))).survey).toEqual(file.survey)
    expect((await readTwice('-', Readable.from([text]))).survey).toEqual(file.survey)
  })

  it('leaves no copy of piped input behind', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'km-spool-'))
    const source = await openSource('-', { folder: empty, input: Readable.from([text]) })
    expect(execFileSync('ls', ['-A', empty], { encoding: 'utf8' })).toBe('')
    await source.close()
    rmSync(empty, { recursive: true })
  })

  it('cannot be read when it is missing, corrupt or not a file, and says so', async () => {
    await expect(readTwice(join(folder, 'absent.ndjson'))).rejects.toThrow('absent.ndjson cannot be read: there is no such file')
    await expect(readTwice(write('broken.ndjson.gz', 'no gzip'))).rejects.toThrow('broken.ndjson.gz cannot be read: incorrect header check')
    await expect(readTwice(write('cut.gz', gzipSync(text).subarray(0, 30)))).rejects.toThrow('cut.gz cannot be read: unexpected end of file')
    await expect(readTwice(folder)).rejects.toThrow(`${folder} cannot be read: it is a folder`)
    const server = createServer().listen(join(folder, 'socket'))
    await expect(readTwice(join(folder, 'socket'))).rejects.toThrow('socket cannot be read: it is neither a file nor a pipe')
    server.close()
  })

  onLinux('says what to do if a shell’s pipe does not reach this program', async () => {
    await expect(readTwice('/dev/fd/963')).rejects.toThrow(
      '/dev/fd/963 cannot be read: what a shell opens with <(…) does not pass through npx: pipe it',
    )
  })
})

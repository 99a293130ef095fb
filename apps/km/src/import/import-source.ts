import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Failure } from '../failure.js'

/** The input of an import. It can be read any number of times: once to count, once to send. */
export interface ImportSource {
  /** Its path, for messages. */
  readonly name: string
  /** Its text from the start. */
  open(): AsyncIterable<Buffer>
  close(): Promise<void>
}

export interface SourceOptions {
  /** Where piped input is kept until it has been sent. */
  folder: string
  input: Readable
}

const standardInput = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])
const gzipMark = Buffer.from([0x1f, 0x8b])

/** A file, a named pipe, or standard input as `-`; compressed with gzip or not. */
export async function openSource(path: string, { folder, input }: SourceOptions): Promise<ImportSource> {
  try {
    const file = standardInput.has(path) ? await copyToFile(input, folder) : await openFile(path, folder)
    const isCompressed = path.endsWith('.gz') || (await startsWith(file, gzipMark))
    return { name: path, open: () => textOf(file, isCompressed), close: () => file.close() }
  } catch (error) {
    throw unreadable(path, error)
  }
}

export function unreadable(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const { code, message } = error as NodeJS.ErrnoException
  return new Failure(`${name} cannot be read: ${reason(name, code) ?? message}`)
}

function reason(name: string, code: string | undefined): string | undefined {
  if (code === 'ENOENT' && /^\/(dev|proc\/self)\/fd\//.test(name))
    return 'what a shell opens with <(…) does not pass through npx: pipe it, as in … | npx km import -'
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it'
  if (code === 'ENOSPC') return 'the disk is full, and what comes through a pipe is kept there meanwhile'
  return code === 'ENXIO' ? 'it is neither a file nor a pipe' : undefined
}

async function openFile(path: string, folder: string): Promise<FileHandle> {
  const file = await open(path)
  const status = await file.stat()
  if (status.isFile()) return file
  try {
    if (status.isDirectory()) throw new Failure(`${path} cannot be read: it is a folder`)
    return await copyToFile(file.createReadStream({ autoClose: false }), folder)
  } finally {
    await file.close()
  }
}

/** Copies input that can be read only once to a file without a name, so that nothing is left when this process ends, however it ends. */
async function copyToFile(stream: Readable, folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `pipe-${process.pid}`)
  const file = await open(path, 'w+', 0o600)
  await rm(path)
  await writeFile(file, stream)
  return file
}

async function startsWith(file: FileHandle, mark: Buffer): Promise<boolean> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mark.length), position: 0 })
  return bytesRead === mark.length && buffer.equals(mark)
}

const chunkBytes = 64 * 1024

/** Read through its handle, not through a stream over its descriptor: a stream that is destroyed early would close the descriptor under the handle. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** An error of either stream reaches the reader of the last one. */
const textOf = (file: FileHandle, isCompressed: boolean): AsyncIterable<Buffer> =>
  isCompressed ? pipeline(Readable.from(bytesOf(file)), createGunzip(), () => undefined) : bytesOf(file)

import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Failure } from '../failure.js'

/** What is imported. It can be read as often as need be: once to count, once to send. */
export interface ImportSource {
  /** For people: its path. */
  readonly name: string
  /** Its text from the beginning. */
  open(): AsyncIterable<Buffer>
  close(): Promise<void>
}

export interface SourceOptions {
  /** Where what comes through a pipe is kept meanwhile. */
  folder: string
  input: Readable
}

const standardInput = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])
const gzipMark = Buffer.from([0x1f, 0x8b])

/** A file, a named pipe, or standard input as `-`; packed by gzip or not. */
export async function openSource(path: string, { folder, input }: SourceOptions): Promise<ImportSource> {
  try {
    const file = standardInput.has(path) ? await kept(input, folder) : await openFile(path, folder)
    const isPacked = path.endsWith('.gz') || (await beginsWith(file, gzipMark))
    return { name: path, open: () => textOf(file, isPacked), close: () => file.close() }
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
    return await kept(file.createReadStream({ autoClose: false }), folder)
  } finally {
    await file.close()
  }
}

/** What can be read only once, in a file without a name: nothing is left of it when this process ends, however it ends. */
async function kept(stream: Readable, folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `pipe-${process.pid}`)
  const file = await open(path, 'w+', 0o600)
  await rm(path)
  await writeFile(file, stream)
  return file
}

async function beginsWith(file: FileHandle, mark: Buffer): Promise<boolean> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mark.length), position: 0 })
  return bytesRead === mark.length && buffer.equals(mark)
}

const chunkBytes = 64 * 1024

/** Read by its handle and not by a stream of its descriptor: a stream that is broken off closes the descriptor under the handle. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** The error of either part reaches whoever reads the last one. */
const textOf = (file: FileHandle, isPacked: boolean): AsyncIterable<Buffer> =>
  isPacked ? pipeline(Readable.from(bytesOf(file)), createGunzip(), () => undefined) : bytesOf(file)

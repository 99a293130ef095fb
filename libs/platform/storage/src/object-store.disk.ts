import { randomUUID } from 'node:crypto'
import { constants, createWriteStream, mkdirSync } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { OnModuleInit } from '@nestjs/common'
import { readError, writeError } from './disk-errors.js'
import { pagesBelow } from './disk-walk.js'
import { checkedKey } from './object-key.js'
import { type ByteRange, ObjectStore, type StoredObject } from './object-store.js'
import { storageErrors } from './storage-errors.js'

/** A name that no key can have, on the same filesystem as the objects, so that a rename is atomic. */
const temporaryFolder = '.tmp'
/** Bytes per read. */
const pieceBytes = 65_536
/** In milliseconds. No upload takes this long: an older file was left by a process that died. */
const abandonedAfterMs = 3_600_000

/** Objects as files: the key is the path. Each is written to a temporary file, synced, then renamed. Files have mode 0600, folders 0700. */
export class DiskObjectStore extends ObjectStore implements OnModuleInit {
  private readonly folder: string

  constructor(folder: string) {
    super()
    this.folder = resolve(folder)
  }

  async onModuleInit(): Promise<void> {
    await this.removeAbandoned()
  }

  async put(key: string, bytes: Readable, { maxBytes }: { maxBytes: number }): Promise<StoredObject> {
    try {
      return await this.placed(key, (temporary) => writeSynced(temporary, bytes, maxBytes))
    } catch (error) {
      bytes.destroy()
      throw error
    }
  }

  putFile(key: string, path: string): Promise<StoredObject> {
    return this.placed(key, (temporary) => copySynced(path, temporary))
  }

  /**
   * The buffer is no larger than the requested range: Node allocates 64 KiB for each, and at 200 small objects a second that caused 4 full garbage
   * collections a second.
   */
  async get(key: string, range?: ByteRange): Promise<Readable> {
    const file = await this.open(key)
    const wanted = range === undefined ? (await file.stat()).size : range.end - range.start + 1
    return file.createReadStream({ ...range, highWaterMark: Math.max(1, Math.min(wanted, pieceBytes)) })
  }

  async head(key: string, count: number): Promise<Buffer> {
    await using file = await this.open(key)
    const buffer = Buffer.alloc(count)
    let length = 0
    while (length < count) {
      const { bytesRead } = await file.read(buffer, length, count - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return buffer.subarray(0, length)
  }

  async asFile<T>(key: string, work: (path: string) => Promise<T>): Promise<T> {
    await using _ = await this.open(key)
    return await work(this.path(key))
  }

  async move(from: string, to: string): Promise<void> {
    try {
      await place(this.path(from), this.path(to))
      await this.removeEmptyFolders(from)
    } catch (error) {
      await this.removeEmptyFolders(to)
      throw readError(writeError(error), from)
    }
  }

  async remove(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await rm(this.path(key), { force: true })
      await this.removeEmptyFolders(key)
    }
  }

  pages(prefix: string, storedBefore?: Date): AsyncIterable<string[]> {
    return pagesBelow(this.folder, prefix, storedBefore)
  }

  private async placed(key: string, write: (temporary: string) => Promise<number>): Promise<StoredObject> {
    const temporary = join(this.folder, temporaryFolder, randomUUID())
    try {
      const target = this.path(key)
      // Synchronous: if the sender failed before the pipeline listens to it, that would crash the process.
      mkdirSync(dirname(temporary), { recursive: true, mode: 0o700 })
      const sizeBytes = await write(temporary)
      await place(temporary, target)
      return { sizeBytes }
    } catch (error) {
      await rm(temporary, { force: true })
      throw writeError(error)
    }
  }

  private path(key: string): string {
    return join(this.folder, checkedKey(key))
  }

  private async open(key: string): Promise<FileHandle> {
    const file = await open(this.path(key)).catch((error: unknown) => {
      throw readError(error, key)
    })
    if ((await file.stat()).isFile()) return file
    await file.close()
    throw storageErrors.OBJECT_MISSING({ key })
  }

  /** Goes upwards until a folder is in use. A `put` that loses its folder this way creates it again. */
  private async removeEmptyFolders(key: string): Promise<void> {
    for (let folder = dirname(key); folder !== '.'; folder = dirname(folder)) {
      const isGone = await rmdir(join(this.folder, folder)).then(
        () => true,
        () => false,
      )
      if (!isGone) return
    }
  }

  private async removeAbandoned(): Promise<void> {
    const folder = join(this.folder, temporaryFolder)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      const { mtimeMs } = await stat(path)
      if (mtimeMs < Date.now() - abandonedAfterMs) await rm(path, { force: true })
    }
  }
}

/** Bytes and length are on disk when it resolves; the limit is enforced while the bytes arrive. */
async function writeSynced(path: string, bytes: Readable, maxBytes: number): Promise<number> {
  let sizeBytes = 0
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) throw storageErrors.OBJECT_TOO_LARGE({ maxBytes })
      yield chunk
    }
  }
  await pipeline(bytes, counted, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
  return sizeBytes
}

/** Copied by the kernel, which shares the blocks if the filesystem can. */
async function copySynced(from: string, to: string): Promise<number> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  await using file = await open(to, 'r+')
  await file.chmod(0o600)
  await file.sync()
  return (await file.stat()).size
}

/** Another call may remove the folder as empty while it is being created or before the rename. Then `mkdir` of a path with parents fails too, with the same code. */
async function place(from: string, to: string, triesLeft = 10): Promise<void> {
  const folder = dirname(to)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || triesLeft === 1) throw error
    return place(from, to, triesLeft - 1)
  }
  await syncFolder(folder)
}

/** A rename survives a power failure only once its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder).catch(() => undefined)
  await handle?.sync()
}

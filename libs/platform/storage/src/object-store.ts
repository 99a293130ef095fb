import type { Readable } from 'node:stream'

export interface StoredObject {
  sizeBytes: number
}

export interface ByteRange {
  /** First byte, from 0. */
  start: number
  /** Last byte, included; a range that ends behind the object is cut at its end. */
  end: number
}

/** Keys in one page of a list, at most. */
export const listPageSize = 1_000

/**
 * Bytes by key. Keys are made by us, never by callers: see `checkedKey`.
 * An object is whole or absent: a `put` that fails or is cut off leaves nothing, and one that answered survives a power failure.
 */
export abstract class ObjectStore {
  /** Stores a stream, replacing what was there. `STORAGE_FULL` when there is no room; `OBJECT_TOO_LARGE` beyond `maxBytes`. */
  abstract put(key: string, bytes: Readable, limits: { maxBytes: number }): Promise<StoredObject>
  /**
   * Stores a copy of a file on this machine, replacing what was there. Its bytes do not become objects of this process: streams of whole pictures
   * would have all of its memory collected every few dozen of them, which requests wait for. `STORAGE_FULL` when there is no room.
   */
  abstract putFile(key: string, path: string): Promise<StoredObject>
  /** A stream of the object or of a part of it, which the caller reads to its end or destroys; `OBJECT_MISSING` where there is none. */
  abstract get(key: string, range?: ByteRange): Promise<Readable>
  /** The first `count` bytes, fewer where the object is shorter; `OBJECT_MISSING` where there is none. */
  abstract head(key: string, count: number): Promise<Buffer>
  /** Lends the object as a file on this machine, for programs that want a path. The file is read only, and only while `work` runs. */
  abstract asFile<T>(key: string, work: (path: string) => Promise<T>): Promise<T>
  /** A new name for an object, in one step, replacing what was there; `OBJECT_MISSING` where there is none. */
  abstract move(from: string, to: string): Promise<void>
  /** Removing what is not there is no error. */
  abstract remove(...keys: string[]): Promise<void>
  /** Keys that begin with `prefix`, in byte order, `listPageSize` at a time; with `storedBefore` only older ones, by a time that a move does not change. */
  abstract pages(prefix: string, storedBefore?: Date): AsyncIterable<string[]>

  /** The first page. */
  async list(prefix: string): Promise<string[]> {
    for await (const keys of this.pages(prefix)) return keys
    return []
  }
}

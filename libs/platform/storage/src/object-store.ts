import type { Readable } from 'node:stream'

export interface StoredObject {
  sizeBytes: number
}

export interface ByteRange {
  /** First byte, from 0. */
  start: number
  /** Last byte, inclusive; a range that goes past the end of the object is cut there. */
  end: number
}

/** Largest number of keys in one page of a list. */
export const listPageSize = 1_000

/**
 * Bytes by key. Keys are made by us, never by callers: see `checkedKey`. An object is whole or absent: a `put` that fails or is interrupted leaves nothing,
 * and one that has resolved survives a power failure.
 */
export abstract class ObjectStore {
  /** Stores a stream, replacing any existing object. `STORAGE_FULL` if there is no space; `OBJECT_TOO_LARGE` beyond `maxBytes`. */
  abstract put(key: string, bytes: Readable, limits: { maxBytes: number }): Promise<StoredObject>
  /**
   * Stores a copy of a file on this machine, replacing any existing object. Its bytes do not pass through the memory of this process: streams of whole
   * pictures would cause a full garbage collection every few dozen of them, and requests would wait for it. `STORAGE_FULL` if there is no space.
   */
  abstract putFile(key: string, path: string): Promise<StoredObject>
  /** A stream of the object or of a part of it, which the caller must read to the end or destroy; `OBJECT_MISSING` if there is none. */
  abstract get(key: string, range?: ByteRange): Promise<Readable>
  /** The first `count` bytes, fewer if the object is shorter; `OBJECT_MISSING` if there is none. */
  abstract head(key: string, count: number): Promise<Buffer>
  /** Lends the object as a file on this machine, for programs that need a path. The file may only be read, and only while `work` runs. */
  abstract asFile<T>(key: string, work: (path: string) => Promise<T>): Promise<T>
  /** Renames an object in one step, replacing any existing object; `OBJECT_MISSING` if there is none. */
  abstract move(from: string, to: string): Promise<void>
  /** Removing a key that does not exist is not an error. */
  abstract remove(...keys: string[]): Promise<void>
  /** Keys that start with `prefix`, in byte order, `listPageSize` at a time; with `storedBefore` only objects stored before that time, which a move does not change. */
  abstract pages(prefix: string, storedBefore?: Date): AsyncIterable<string[]>

  /** The first page. */
  async list(prefix: string): Promise<string[]> {
    for await (const keys of this.pages(prefix)) return keys
    return []
  }
}

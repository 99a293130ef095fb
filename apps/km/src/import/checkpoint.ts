import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { BatchResult } from './batch-sender.js'

const ImportState = z.object({
  /** All lines up to this one have been answered. */
  lastLine: z.int(),
  created: z.int(),
  unchanged: z.int(),
  badLines: z.array(z.object({ line: z.int(), problem: z.string() })),
})
export type ImportState = z.infer<typeof ImportState>

/** How often the file is written, in milliseconds. A crash repeats at most this much, plus the requests in flight. */
const writeEveryMs = 250

/**
 * How far an import got, in a file named after the content and the API it goes to. It only saves time: without it everything is sent again,
 * and the API adds nothing twice.
 */
export class Checkpoint {
  private readonly file: string
  private current: ImportState
  private writtenAt = 0

  constructor(
    private readonly folder: string,
    name: string,
  ) {
    this.file = join(folder, `${name}.json`)
    this.current = this.read()
  }

  get state(): ImportState {
    return this.current
  }

  advance(lastLine: number, { created, unchanged, rejected }: BatchResult): void {
    const { current } = this
    this.current = {
      lastLine,
      created: current.created + created,
      unchanged: current.unchanged + unchanged,
      badLines: [...current.badLines, ...rejected],
    }
    if (performance.now() - this.writtenAt >= writeEveryMs) this.write()
  }

  /** Saves the latest state of an import that did not finish. */
  write(): void {
    mkdirSync(this.folder, { recursive: true })
    writeFileSync(`${this.file}.new`, JSON.stringify(this.current))
    renameSync(`${this.file}.new`, this.file)
    this.writtenAt = performance.now()
  }

  /** The import has finished or is to start over: the next one asks the API about every document again. */
  clear(): void {
    rmSync(this.file, { force: true })
    this.current = { lastLine: 0, created: 0, unchanged: 0, badLines: [] }
  }

  private read(): ImportState {
    try {
      return ImportState.parse(JSON.parse(readFileSync(this.file, 'utf8')))
    } catch {
      return { lastLine: 0, created: 0, unchanged: 0, badLines: [] }
    }
  }
}

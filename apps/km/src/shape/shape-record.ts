import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { dataFolder } from '../start/paths.js'

const ShapeRecord = z.object({
  tier: z.string(),
  /** Of the API. */
  url: z.string(),
  internalUrl: z.string(),
  /** Those that were started here, not those that the caller named. */
  servers: z.array(z.object({ name: z.string(), port: z.int() })),
  processes: z.array(z.object({ name: z.string(), internalUrl: z.string() })),
})

/** What `km start` or `km up` runs in this folder and where: by it the other commands find it. Which processes live is told by their pid files. */
export type ShapeRecord = z.infer<typeof ShapeRecord>

const file = join(dataFolder, 'run/shape.json')

export function writeShapeRecord(record: ShapeRecord): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(record))
}

export const removeShapeRecord = (): void => rmSync(file, { force: true })

/** Nothing where nothing of ours was started. */
export function readShapeRecord(): ShapeRecord | undefined {
  try {
    return ShapeRecord.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { dataFolder } from '../start/paths.js'

const ShapeRecord = z.object({
  tier: z.string(),
  /** The public address of the API. */
  url: z.string(),
  internalUrl: z.string(),
  /** Servers that were started here, without those given by the caller. */
  servers: z.array(z.object({ name: z.string(), port: z.int() })),
  processes: z.array(z.object({ name: z.string(), internalUrl: z.string() })),
})

/** What `km start` or `km up` runs in this folder and at which addresses, for the other commands. The pid files say which processes are alive. */
export type ShapeRecord = z.infer<typeof ShapeRecord>

const file = join(dataFolder, 'run/shape.json')

export function writeShapeRecord(record: ShapeRecord): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(record))
}

export const removeShapeRecord = (): void => rmSync(file, { force: true })

/** Undefined if nothing was started in this folder. */
export function readShapeRecord(): ShapeRecord | undefined {
  try {
    return ShapeRecord.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

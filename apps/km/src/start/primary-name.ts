import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from './paths.js'

const file = join(dataFolder, 'primary')
const first = 'postgres'

/** Which of our database servers takes the writes. Kept in a file, because a promotion outlives the processes. */
export function primaryName(): string {
  try {
    return readFileSync(file, 'utf8').trim() || first
  } catch {
    return first
  }
}

export function setPrimaryName(name: string): void {
  mkdirSync(dataFolder, { recursive: true })
  writeFileSync(file, `${name}\n`)
}

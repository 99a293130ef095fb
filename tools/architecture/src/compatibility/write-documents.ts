import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BreakingChange, breakingChanges } from './breaking-changes.js'
import type { PortsDocument } from './ports-document.js'

const portsPath = 'docs/ports.json'

export interface WriteOptions {
  /** The folder to which the paths of the documents are relative. */
  folder: string
  /** Why a breaking change is written anyway. */
  reason?: string | undefined
  print: (line: string) => void
}

/**
 * Writes every document, or none of them if the new ports would break users of the stored ones. Returns the exit code. The comparison is with the stored
 * file, so changes that were written but not committed count as accepted.
 */
export function writeDocuments(documents: ReadonlyMap<string, string>, { folder, reason, print }: WriteOptions): 0 | 1 {
  const changes = changesTo(documents, folder)
  for (const change of changes) print(sentence(change))
  if (changes.length > 0 && !reason) {
    print(
      `Nothing was written: ${portsPath} may only grow, because two versions run at the same time. Add new fields next to the old ones, and remove`,
    )
    print('the old ones when they are no longer used. If it is unavoidable: npm run docs -w @kilomega/architecture -- --breaking "<reason>"')
    return 1
  }
  if (changes.length > 0) print(`Written anyway: ${reason}`)
  for (const [path, text] of documents) write(join(folder, path), text)
  for (const path of documents.keys()) print(path)
  return 0
}

function changesTo(documents: ReadonlyMap<string, string>, folder: string): BreakingChange[] {
  const [path, after] = [join(folder, portsPath), documents.get(portsPath)]
  if (after === undefined || !existsSync(path)) return []
  return breakingChanges(parsed(readFileSync(path, 'utf8')), parsed(after))
}

function parsed(text: string): PortsDocument {
  try {
    return JSON.parse(text) as PortsDocument
  } catch (cause) {
    throw new Error(`${portsPath} is not JSON, so nothing can be compared with it: take the file of main`, { cause })
  }
}

const sentence = ({ port, operation, path, words }: BreakingChange): string =>
  `${[port, operation].filter((part) => part !== '').join('.')}${path === '' ? '' : ` ${path}`}: ${words}`

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

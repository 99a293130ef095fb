import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../start/repository.mjs'

const folder = 'apps/api/test/faults'
/** `holds('R36', …` in a test file, where the row is named. */
const rowDefinition = /\bholds\(\s*'([A-Z0-9-]+)'/g

/** The fault tests, each with the rows of the ledger that it stands for; a row that is tested on several backends is listed once. */
export function faultFiles() {
  const files = readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.fault-spec.ts'))
    .sort()
  return files.map((name) => {
    const text = readFileSync(join(root, folder, name), 'utf8')
    return { path: `test/faults/${name}`, rows: [...new Set(Array.from(text.matchAll(rowDefinition), ([, row]) => row))] }
  })
}

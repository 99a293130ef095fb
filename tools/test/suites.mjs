import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../start/repository.mjs'
import { projectsWith } from './projects.mjs'

/** The packages with test files that contain the given text, each with the names of these files: `@kilomega/messaging (relay, port-calls)`. */
export function suitesWith(text) {
  return projectsWith(['int', 'e2e', 'faults']).flatMap(({ name, folder }) => {
    const files = ['src', 'test'].flatMap((part) => testFilesIn(join(root, folder, part))).filter((file) => text.test(readFileSync(file, 'utf8')))
    return files.length === 0 ? [] : [`${name} (${files.map((file) => basename(file).split('.')[0]).join(', ')})`]
  })
}

function testFilesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true })
    .filter((file) => /\.(int|e2e|fault)-spec\.ts$/.test(file))
    .map((file) => join(folder, file))
}

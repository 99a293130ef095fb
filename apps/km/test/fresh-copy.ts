import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const leftOut = new Set(['node_modules', 'dist', '.nx', '.git', '.kilomega', '.results', 'coverage'])

/** The repository as a clone after `npm ci`: nothing is built, nothing has run. Packages are hard links, which takes seconds instead of a minute. */
export class FreshCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'km-copy-'))

  constructor() {
    cpSync(root, this.folder, { recursive: true, filter: (path) => path === root || !leftOut.has(basename(path)) })
    for (const place of modulesIn(root)) this.link(place)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  private link(place: string): void {
    const [from, to] = [join(root, place), join(this.folder, place)]
    if (spawnSync('cp', ['-al', from, to]).status !== 0) cpSync(from, to, { recursive: true, verbatimSymlinks: true })
    // npm changes only this file in place: as a hard link it would change in the repository too.
    const installed = join(to, '.package-lock.json')
    if (!existsSync(installed)) return
    const text = readFileSync(installed)
    rmSync(installed)
    writeFileSync(installed, text)
  }
}

/** All `node_modules` folders: the large one, and those of workspaces that need other versions. */
function modulesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name === 'node_modules') return [relative(root, path)]
    return entry.isDirectory() && !leftOut.has(entry.name) ? modulesIn(path) : []
  })
}

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './repository.mjs'
import { step } from './step.mjs'

const stamp = join(root, '.nx', 'built-from')
/** All inputs of a build: these folders are read in about 20 ms, while nx takes more than a second to say that nothing has changed. */
const inputs = ['apps', 'libs', '.swcrc', 'package-lock.json']
const ignored = new Set(['node_modules', 'dist', '.results', 'test', 'fixtures', 'coverage'])

/** Builds through nx (which knows what is already built) unless no source has changed since the last time. Does nothing inside an nx task, which has already built. */
export async function buildWhenNeeded(options) {
  if (process.env.NX_TASK_TARGET_PROJECT !== undefined) return
  const fingerprint = fingerprintOf(inputs)
  if (readStamp() === fingerprint && existsSync(join(root, 'apps/api/dist/main.js')) && existsSync(join(root, 'apps/km/dist/main.js'))) return
  await step('Building', 'nx', ['run-many', '-t', 'build', '--parallel=3', '--output-style=static'], options)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, fingerprint)
}

function fingerprintOf(paths) {
  const hash = createHash('sha256')
  const visit = (path) => {
    const { mtimeMs, size } = statSync(join(root, path))
    hash.update(`${path} ${mtimeMs} ${size}\n`)
  }
  const walk = (path) => {
    if (!statSync(join(root, path)).isDirectory()) return visit(path)
    const entries = readdirSync(join(root, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      if (ignored.has(entry.name)) continue
      if (entry.isDirectory()) walk(`${path}/${entry.name}`)
      else if (entry.isFile()) visit(`${path}/${entry.name}`)
    }
  }
  paths.forEach(walk)
  return hash.digest('hex')
}

function readStamp() {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return undefined
  }
}

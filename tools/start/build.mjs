import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './repository.mjs'
import { step } from './step.mjs'

const stamp = join(root, '.nx', 'built-from')
/** Everything that a build is made from: its folders are read in about 20 ms, where nx takes more than a second to say that nothing changed. */
const inputs = ['apps', 'libs', '.swcrc', 'package-lock.json']
const passedOver = new Set(['node_modules', 'dist', '.results', 'test', 'fixtures', 'coverage'])

/** Builds through nx (which knows what is built already) unless no source has changed since the last time. Inside a task of nx that has been seen to. */
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
      if (passedOver.has(entry.name)) continue
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

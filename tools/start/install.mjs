import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository.mjs'
import { step } from './step.mjs'

/** Installs from the lock file if the installed packages differ from it. */
export async function installWhenNeeded() {
  if (isInstalled()) return
  await step('Installing packages from the lock file (about a minute)', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** npm keeps a copy of the lock file it installed from; file times are no evidence, because git sets them arbitrarily. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || installed === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = installed[path]
    return found === undefined ? entry.optional === true || entry.extraneous === true : found.version === entry.version
  })
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages
  } catch {
    return undefined
  }
}

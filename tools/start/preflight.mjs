import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { root, Stop } from './repository.mjs'

/** Disk space for an installation with its build, and the minimum for running. */
const roomBytes = { install: 1.5e9, run: 0.2e9 }

/** Checks everything that would otherwise fail later with a more confusing error. Throws an error of one clear line. */
export function preflight() {
  const installed = existsSync(join(root, 'node_modules'))
  checkNode()
  if (!installed) checkNpm()
  checkFolder(installed ? roomBytes.run : roomBytes.install)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (process.platform === 'linux') {
    if (!['x64', 'arm64'].includes(process.arch)) throw new Stop(`Linux on ${process.arch} is not supported; x64 and arm64 are`)
    if (major < 20)
      throw new Stop(`Node ${process.versions.node} is too old to begin with; install Node 20 or newer (the right one then comes through npm)`)
    return
  }
  const fits = (major === 22 && minor >= 13) || (major === 24 && minor >= 11) || major === 25 || major === 26
  if (!fits) throw new Stop(`Node ${process.versions.node} does not fit on ${process.platform}; install Node 24.11 or newer`)
}

function checkNpm() {
  try {
    execFileSync('npm', ['--version'], { stdio: 'pipe', shell: process.platform === 'win32' })
  } catch {
    throw new Stop('npm was not found; install Node with npm')
  }
}

function checkFolder(neededBytes) {
  try {
    accessSync(root, constants.W_OK)
  } catch {
    throw new Stop(`${root} cannot be written to by this user; change its owner or clone it elsewhere`)
  }
  const { bavail, bsize } = statfsSync(root)
  const freeBytes = bavail * bsize
  if (freeBytes < neededBytes) {
    throw new Stop(`Only ${Math.round(freeBytes / 1e6)} MB are free under ${root}; make room for ${neededBytes / 1e6} MB`)
  }
}

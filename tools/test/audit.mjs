import { spawnSync } from 'node:child_process'
import { environment, root } from '../start/repository.mjs'

/** Checks installed packages for known high or critical vulnerabilities, if the registry can be asked. Returns the failures, one line each. */
export function audit() {
  const { stdout, error } = spawnSync('npm', ['audit', '--json'], {
    cwd: root,
    env: environment(),
    encoding: 'utf8',
    timeout: 60_000,
    shell: process.platform === 'win32',
  })
  const counts = error === undefined ? countsOf(stdout) : undefined
  if (counts === undefined) {
    console.log('npm audit: skipped, the registry does not answer it')
    return []
  }
  const { high, critical } = counts
  console.log(`npm audit: ${critical} critical, ${high} high`)
  return high + critical === 0 ? [] : [`npm audit found ${high + critical} high or critical vulnerabilities; run npm audit`]
}

function countsOf(text) {
  try {
    return JSON.parse(text).metadata?.vulnerabilities
  } catch {
    return undefined
  }
}

// `npm test`: everything, from a bare clone to the last line `N passed, N failed`. Unchanged tasks come from nx's cache.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { installWhenNeeded } from '../start/install.mjs'
import { preflight } from '../start/preflight.mjs'
import { root, run, Stop } from '../start/repository.mjs'
import { audit } from './audit.mjs'
import { projectsWith } from './projects.mjs'
import { provideServers } from './servers.mjs'
import { tally, testTargets } from './tally.mjs'

// Cheap and informative targets first. Two tasks at once: each starts a compiler or its own Postgres.
const targets = ['build', 'lint', 'typecheck', ...testTargets]
const parallel = 2

try {
  process.exitCode = await testAll()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  console.error(error.message)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}

async function testAll() {
  const began = Date.now()
  preflight()
  await installWhenNeeded()
  const missing = await provideServers()
  const possible = targets.filter((target) => !missing.includes(target))
  const runFile = join(root, '.nx', 'cache', 'run.json')
  rmSync(runFile, { force: true })
  await run('nx', ['run-many', '-t', ...possible, `--parallel=${parallel}`, '--nxBail=false', '--output-style=static'])
  const total = tally(projectsWith(possible), readRun(runFile))
  const vulnerable = audit().map((message) => ({ task: 'audit', message }))
  total.failures.push(...vulnerable)
  total.failed += vulnerable.length
  report(total, Date.now() - began)
  return total.failed === 0 ? 0 : 1
}

function readRun(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { tasks: [] }
  }
}

function report({ passed, failed, skipped, skippedFor, checks, failures }, tookMs) {
  for (const { task, file, name, message } of failures) {
    console.log(
      `\n✗ ${task}${file === undefined ? '' : ` ${file}`}${name === undefined ? '' : `\n  ${name}`}\n  ${message.trim().split('\n').slice(0, 25).join('\n  ')}`,
    )
  }
  const missing = Object.entries(skippedFor).map(([server, count]) => `${count} without ${server}`)
  const skips = missing.length === 0 ? skipped : `${skipped} (${missing.join(', ')})`
  console.log(`\nbuilds, lint runs and type-checks passed: ${checks}; tests skipped: ${skips}; ${(tookMs / 1000).toFixed(1)} s`)
  console.log(`${passed} passed, ${failed} failed`)
}

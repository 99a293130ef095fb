// `npm start`: from a bare clone to a running system. Installs and builds if needed, then runs `km start` with the repository's own Node.
import { spawn } from 'node:child_process'
import { whenNpmEnds } from '../../apps/km/bin/npm-parent.js'
import { buildWhenNeeded } from './build.mjs'
import { installWhenNeeded } from './install.mjs'
import { preflight } from './preflight.mjs'
import { environment, root, Stop } from './repository.mjs'

let asked = false
// Both end this process. The running child may have got the same signal already, and a second one would prevent an orderly stop.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1))
whenNpmEnds(() => asked || process.kill(process.pid, 'SIGTERM'))

try {
  preflight()
  await installWhenNeeded()
  await buildWhenNeeded()
  runKm()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/** Runs in its own process group, so that Ctrl-C reaches it once, from here; it notices through the channel when this process dies. */
function runKm() {
  const child = spawn('node', ['apps/km/bin/km.js', 'start', ...process.argv.slice(2)], {
    cwd: root,
    env: environment(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      asked = true
      child.kill(signal)
    })
  child.on('error', (error) => {
    console.error(`km start could not be run: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}

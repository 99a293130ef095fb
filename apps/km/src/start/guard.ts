import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './paths.js'
import { removePidFile, writePidFile } from './pid-file.js'

/** Waits for a line on standard input. If input ends without one, the launcher has died, and what it ran is stopped as `km down` does. */
const script = 'read -r done || exec "$@"'

/** A shell that outlives a killed launcher and stops in order what it left behind. It takes 1 MB. */
export class Guard {
  private shell: ChildProcess | undefined

  start(): void {
    if (process.platform === 'win32') return
    const down = [process.execPath, join(root, 'apps/km/bin/km.js'), 'down', '--orphans']
    this.shell = spawn('/bin/sh', ['-c', script, 'sh', ...down], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    this.shell.on('error', () => undefined)
    this.shell.stdin!.on('error', () => undefined)
    if (this.shell.pid !== undefined) writePidFile('guard', this.shell.pid)
    this.shell.unref()
  }

  dismiss(): void {
    this.shell?.stdin?.end('done\n')
    removePidFile('guard')
  }
}

import { spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { ReportedFailure } from '../failure.js'
import { dataFolder, root } from '../start/paths.js'
import { Screen } from '../start/screen.js'
import type { StopRequest } from '../start/stop-request.js'

/** What a launcher in the background says to the command that began it. */
type Report = { shown: string } | { error: string } | { ready: true }

const entry = join(root, 'apps/km/bin/km.js')

/** Runs this very command line once more without a terminal, shows what it says, and leaves it alone when all is up. */
export async function launchInBackground(): Promise<void> {
  mkdirSync(join(dataFolder, 'logs'), { recursive: true })
  const log = openSync(join(dataFolder, 'logs/launcher.log'), 'w')
  const parameters = process.argv.slice(2).filter((parameter) => parameter !== '--detach')
  const launcher = spawn(process.execPath, [entry, ...parameters, '--background'], { detached: true, stdio: ['ignore', log, log, 'ipc'] })
  const ready = new Promise<void>((resolve, reject) => {
    launcher.on('message', (report: Report) => {
      if ('shown' in report) process.stdout.write(report.shown)
      else if ('error' in report) process.stderr.write(`${report.error}\n`)
      else resolve()
    })
    // Not `exit`: what it said last may still be on its way then.
    launcher.on('disconnect', () => reject(new ReportedFailure()))
    launcher.on('error', reject)
  })
  await ready
  launcher.removeAllListeners('disconnect')
  launcher.disconnect()
  launcher.unref()
}

/** Of the launcher in the background: what it shows is shown by the command that began it too, as long as that listens. */
export class ReportingScreen extends Screen {
  override readonly error = (text: string): void => {
    process.stderr.write(`${text}\n`)
    report({ error: text })
  }

  protected override draw(text: string): void {
    super.draw(text)
    report({ shown: text })
  }
}

/** From now on nobody listens any more, and that is no reason to stop. */
export function tellReady(stopRequest: StopRequest): void {
  stopRequest.outliveParent()
  report({ ready: true })
}

function report(what: Report): void {
  if (process.connected) process.send!(what, undefined, undefined, () => undefined)
}

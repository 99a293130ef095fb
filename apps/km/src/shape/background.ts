import { spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { ReportedFailure } from '../failure.js'
import { dataFolder, root } from '../start/paths.js'
import { Screen } from '../start/screen.js'
import type { StopRequest } from '../start/stop-request.js'

/** Messages from a launcher in the background to the command that started it. */
type Report = { shown: string } | { error: string } | { ready: true }

const entry = join(root, 'apps/km/bin/km.js')

/** Runs this same command line again without a terminal, shows its output, and detaches from it once everything is up. */
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
    // Not `exit`: its last message may still be in transit then.
    launcher.on('disconnect', () => reject(new ReportedFailure()))
    launcher.on('error', reject)
  })
  await ready
  launcher.removeAllListeners('disconnect')
  launcher.disconnect()
  launcher.unref()
}

/** The screen of the launcher in the background. The command that started it shows the same output, as long as it listens. */
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

/** From here on no process listens, and that is no reason to stop. */
export function reportReady(stopRequest: StopRequest): void {
  stopRequest.outliveParent()
  report({ ready: true })
}

function report(what: Report): void {
  if (process.connected) process.send!(what, undefined, undefined, () => undefined)
}

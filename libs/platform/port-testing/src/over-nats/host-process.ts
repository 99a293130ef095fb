import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HostAnswer, HostOptions } from './host-messages.js'

/** Always the built file: a child process does not have the test runner's compiler. */
const entry = fileURLToPath(new URL('../../dist/over-nats/port-host.js', import.meta.url))

/** A process that has not answered within this time has failed to start, in milliseconds. A start takes about 2,000 on a busy machine. */
const startWithinMs = 60_000
/** A process that has not ended within this time after SIGTERM is killed, in milliseconds. */
const stopWithinMs = 30_000

/** A module in its own process. */
export class HostProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the port is answered. Otherwise rejects with the reason, after a minute at most. */
  static async start(options: HostOptions, folder: string): Promise<HostProcess> {
    const child = fork(entry, [JSON.stringify(options)], {
      cwd: folder,
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const answer = await firstAnswer(child)
    if (answer.kind === 'failed') {
      child.kill('SIGKILL')
      throw new Error(`the process of the module did not start: ${answer.message}`)
    }
    return new HostProcess(child)
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const killing = setTimeout(() => this.child.kill('SIGKILL'), stopWithinMs)
    this.child.kill('SIGTERM')
    await once(this.child, 'exit')
    clearTimeout(killing)
  }
}

async function firstAnswer(child: ChildProcess): Promise<HostAnswer> {
  const failed = (message: string): HostAnswer => ({ kind: 'failed', message })
  const signal = AbortSignal.timeout(startWithinMs)
  const answered = once(child, 'message', { signal }).then(([answer]) => answer as HostAnswer)
  const ended = once(child, 'exit', { signal }).then(() => failed('it ended'))
  return Promise.race([answered, ended]).catch(() => failed(`no answer within ${startWithinMs} ms`))
}

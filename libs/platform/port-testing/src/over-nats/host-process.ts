import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HostAnswer, HostOrder } from './host-messages.js'

/** Always the built file: a child process knows nothing of a test runner's compiler. */
const entry = fileURLToPath(new URL('../../dist/over-nats/port-host.js', import.meta.url))

/** A process that has said nothing for so long does not start any more, milliseconds: a start takes about 2,000 on a busy machine. */
const startWithinMs = 60_000
/** One that has not ended for so long after it was asked to is killed, milliseconds. */
const stopWithinMs = 30_000

/** A module in a process of its own. */
export class HostProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the port is answered; rejects with the reason why it is not, after a minute at most. */
  static async start(order: HostOrder, folder: string): Promise<HostProcess> {
    const child = fork(entry, [JSON.stringify(order)], {
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
  return Promise.race([answered, ended]).catch(() => failed(`it said nothing for ${startWithinMs} ms`))
}

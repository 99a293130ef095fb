import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HostAnswer, HostOrder } from './host-messages.js'

/** Always the built file: a child process knows nothing of a test runner's compiler. */
const entry = fileURLToPath(new URL('../../dist/over-nats/port-host.js', import.meta.url))

/** A module in a process of its own. */
export class HostProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the port is answered; rejects with the reason why it is not. */
  static async start(order: HostOrder, folder: string): Promise<HostProcess> {
    const child = fork(entry, [JSON.stringify(order)], {
      cwd: folder,
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [{ kind: 'failed', message: 'it ended' }])])) as [
      HostAnswer,
    ]
    if (answer.kind === 'failed') {
      child.kill('SIGKILL')
      throw new Error(`the process of the module did not start: ${answer.message}`)
    }
    return new HostProcess(child)
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGTERM')
    await once(this.child, 'exit')
  }
}

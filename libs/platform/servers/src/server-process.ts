import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { isStopped } from './stopped-process.js'

export interface Launch {
  program: string
  parameters: string[]
  /** Receives the output of the server; truncated at the next start once it is over 10 MB. */
  log: string
  environment: NodeJS.ProcessEnv
  /** Passes a signal to the server if the child process is not the server itself. */
  send?: (signal: NodeJS.Signals) => void
}

const pollMs = 10
const keptLogBytes = 10_000_000
const keptLines = 5

/** A server in its own process group, so that Ctrl-C in a terminal does not reach it. It does not end with the process that started it. */
export class ServerProcess {
  private failure: Error | undefined

  private constructor(
    private readonly child: ChildProcess,
    private readonly launch: Launch,
    private readonly logStart: number,
  ) {
    child.once('error', (error) => (this.failure = error))
    child.unref()
  }

  /** Starts the program. A failure to start shows in `isRunning` and `lastWords`. */
  static start(launch: Launch): ServerProcess {
    const logStart = beginLog(launch.log)
    const output = openSync(launch.log, 'a', 0o600)
    try {
      const { program, parameters, environment } = launch
      const child = spawn(program, parameters, { detached: true, cwd: '/', env: environment, stdio: ['ignore', output, output] })
      return new ServerProcess(child, launch, logStart)
    } finally {
      closeSync(output)
    }
  }

  /** 0 if the program could not be started. */
  get pid(): number {
    return this.child.pid ?? 0
  }

  isRunning(): boolean {
    return this.failure === undefined && this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** Does nothing to a server that has ended. */
  signal(signal: NodeJS.Signals): void {
    if (!this.isRunning()) return
    if (this.launch.send !== undefined) return this.launch.send(signal)
    this.child.kill(signal)
  }

  /** Resolves when none of its threads is running any more. Behind Docker, where the threads are not visible, it resolves once the signal has been passed on. */
  async pause(): Promise<void> {
    this.signal('SIGSTOP')
    while (this.launch.send === undefined && this.isRunning() && !isStopped(this.pid)) await wait(1)
  }

  /** Whether the server ends within that time. */
  async ends(withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs
    while (this.isRunning() && performance.now() < until) await wait(pollMs)
    return !this.isRunning()
  }

  /** The last lines of output since the server was started. */
  lastWords(): string {
    const said = readFileSync(this.launch.log).subarray(this.logStart).toString().trim()
    return said.split('\n').slice(-keptLines).join('\n') || this.failure?.message || 'it said nothing'
  }
}

function beginLog(log: string): number {
  const sizeBytes = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (sizeBytes < keptLogBytes) return sizeBytes
  truncateSync(log)
  return 0
}

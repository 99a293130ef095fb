import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment } from '@kilomega/config'
import { HttpClient } from '../api/http-client.js'
import { Failure } from '../failure.js'
import { healthOf } from '../shape/process-health.js'
import { mainFileOf, shownPath, workFolder } from './paths.js'
import { removePidFile, writePidFile } from './pid-file.js'
import type { ProcessLog } from './process-log.js'

const readyLimitMs = 60_000
/** A process stops within its own limit of 25 s; after this many milliseconds it hangs. */
const stopLimitMs = 30_000
const shownLines = 15
/**
 * With much memory, V8 postpones garbage collection: an import of 63,436 posts took 471 MB at the same speed as 228 MB with these limits. 512 MB is
 * four times what the API keeps alive.
 */
const nodeFlags = ['--enable-source-maps', '--max-old-space-size=512', '--max-semi-space-size=16']

export interface AppDescription {
  /** Names its pid file and its log: `api`, `search-2`. */
  name: string
  app: string
  /** Its name in messages: `The API`, `search-2`. */
  label: string
  /** The address at which `/health/ready` is asked. */
  url: string
}

/** An application as a child of this process, in its own process group: Ctrl-C reaches only us, and we stop the application in order. */
export class AppProcess {
  private readonly child: ChildProcess
  private stopping = false
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<string>

  constructor(
    readonly description: AppDescription,
    environment: Environment,
    readonly log: ProcessLog,
  ) {
    this.child = spawn(process.execPath, [...nodeFlags, mainFileOf(description.app)], {
      cwd: workFolder,
      env: { MALLOC_ARENA_MAX: '2', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(error.message))
      this.child.on('close', (code, signal) => resolve(signal ?? `exit ${code}`))
    })
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream) this.log.read(stream)
    if (this.child.pid !== undefined) writePidFile(description.name, this.child.pid)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Resolves when it serves; fails with the end of its log if it dies first or takes more than a minute. */
  async ready(): Promise<void> {
    const { label } = this.description
    const died = this.ended.then((how) => Promise.reject(this.failure(`${label} ended while it started (${how})`)))
    await Promise.race([this.answering(), died])
  }

  /** Never resolves; fails if the process ends without having been stopped. */
  async crashed(): Promise<never> {
    const how = await this.ended
    if (this.stopping) return new Promise(() => undefined)
    throw this.failure(`${this.description.label} has crashed (${how})`)
  }

  isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined
  }

  /** Lets it finish its work and exit. */
  async stop(): Promise<void> {
    this.stopping = true
    this.child.kill('SIGTERM')
    const overdue = sleep(stopLimitMs, undefined, { ref: false }).then(() => this.kill())
    await Promise.race([this.ended, overdue.then(() => this.ended)])
    removePidFile(this.description.name)
    this.log.close()
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  private async answering(): Promise<void> {
    const client = new HttpClient(this.description.url)
    const deadline = performance.now() + readyLimitMs
    while (performance.now() < deadline) {
      const answer = await client.call({ method: 'GET', path: '/health/ready', timeoutMs: 2_000 }).catch(() => undefined)
      if (answer?.status === 200) return
      await sleep(50)
    }
    const { checks } = await healthOf(client)
    const reasons = checks.filter(({ up }) => !up).map(({ name, problem }) => ` (${name}: ${problem ?? 'down'})`)
    throw this.failure(`${this.description.label} is not ready after ${readyLimitMs / 1_000} s${reasons.join('')}`)
  }

  private failure(what: string): Failure {
    if (!this.isRunning()) removePidFile(this.description.name)
    const words = this.log.lastLines(shownLines)
    return new Failure(words === '' ? `${what} and has said nothing` : `${what}; its last lines, of ${shownPath(this.log.path)}:\n${words}`)
  }
}

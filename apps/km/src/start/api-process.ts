import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HttpClient } from '../api/http-client.js'
import { Failure } from '../failure.js'
import type { ApiLog } from './api-log.js'
import { dataFolder, root, workFolder } from './paths.js'
import { removePidFile, writePidFile } from './pid-file.js'
import type { Environment } from '@kilomega/config'

const readyLimitMs = 60_000
/** The API's own limit for stopping is 25 s; after this it hangs. */
const stopLimitMs = 30_000
const shownLines = 15
/**
 * On a machine with much memory V8 lets garbage lie: an import of 63,436 posts took 471 MB at the same speed as 228 MB with these limits. 512 MB is
 * four times what the API keeps alive.
 */
const nodeFlags = ['--enable-source-maps', '--max-old-space-size=512', '--max-semi-space-size=16']

/** The API as a child of this process, in a process group of its own: Ctrl-C is for us, we stop it in order. */
export class ApiProcess {
  private readonly child: ChildProcess
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<string>

  constructor(
    environment: Environment,
    private readonly log: ApiLog,
    private readonly url: string,
  ) {
    const main = join(root, 'apps/api/dist/main.js')
    this.child = spawn(process.execPath, [...nodeFlags, main], {
      cwd: workFolder,
      env: { MALLOC_ARENA_MAX: '2', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(error.message))
      this.child.on('close', (code, signal) => resolve(signal ?? `exit ${code}`))
    })
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream) this.log.take(stream)
    if (this.child.pid !== undefined) writePidFile('api', this.child.pid)
  }

  /** Resolves when requests are taken; fails with its last words where it dies before. */
  async ready(): Promise<void> {
    await Promise.race([this.answering(), this.ended.then((how) => this.failed(`The API ended while it started (${how})`))])
  }

  /** Never resolves: fails when the API has gone. */
  async crashed(): Promise<never> {
    return this.failed(`The API has crashed (${await this.ended})`)
  }

  isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined
  }

  /** Drains and ends it. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM')
    const overdue = sleep(stopLimitMs, undefined, { ref: false }).then(() => this.kill())
    await Promise.race([this.ended, overdue.then(() => this.ended)])
    removePidFile('api')
    this.log.close()
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  private async answering(): Promise<void> {
    const client = new HttpClient(this.url)
    const deadline = performance.now() + readyLimitMs
    while (performance.now() < deadline) {
      const answer = await client.call({ method: 'GET', path: '/health/ready', timeoutMs: 2_000 }).catch(() => undefined)
      if (answer?.status === 200) return
      await sleep(50)
    }
    throw new Failure(`The API is not ready after ${readyLimitMs / 1_000} s; its log is ${relative(this.log.path)}`)
  }

  private failed(what: string): never {
    removePidFile('api')
    throw new Failure(`${what}; its last lines, of ${relative(this.log.path)}:\n${this.log.lastLines(shownLines)}`)
  }
}

const relative = (path: string): string => path.replace(`${dataFolder}/`, '.kilomega/')

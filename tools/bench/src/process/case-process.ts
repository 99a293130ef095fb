import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { processEnvironment } from '@kilomega/config'
import type { Usage } from './answer-usage.js'
import { type Core, pinned } from './pinned.js'

export interface Program {
  /** Path of a built file. */
  script: string
  core?: Core
  environment?: Record<string, string>
}

/** The line on standard output that says a server accepts requests, as the processes of the platform print it. */
interface Ready {
  signal: string
  public?: string
}

/** A start with cold caches on a busy machine. */
const startTimeoutMs = 60_000
const stopTimeoutMs = 10_000
/** The longest request is one round; an answer that takes longer than this will never come. */
const answerTimeoutMs = 120_000
const usageHook = fileURLToPath(new URL('./answer-usage.js', import.meta.url))

/** A program under test in its own process. Its standard output goes to a file, so that no process has to read its log. */
export class CaseProcess {
  private constructor(
    readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start({ script, core, environment }: Program): Promise<CaseProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'kilomega-bench-'))
    const output = openSync(join(folder, 'output'), 'a')
    const [command, ...parameters] = pinned(core, [process.execPath, '--import', usageHook, script])
    const child = spawn(command, parameters, {
      cwd: folder,
      env: { PATH: processEnvironment()['PATH'], NODE_ENV: 'production', ...environment },
      stdio: ['ignore', output, output, 'ipc'],
    })
    closeSync(output)
    const started = new CaseProcess(folder, child)
    await started.untilReady()
    return started
  }

  get url(): string {
    return this.ready().public!
  }

  get pid(): number {
    return this.child.pid!
  }

  async usage(): Promise<Usage> {
    const { usage } = await this.ask<{ usage: Usage }>('usage')
    return usage
  }

  /** Sends a message and waits for the next one; one request at a time. */
  async ask<Answer>(question: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => reject(new Error(`${this.child.spawnargs.at(-1)} ${what}:\n${this.output().slice(-2_000)}`))
      const ended = (): void => fail('ended')
      const overdue = setTimeout(() => fail('did not answer'), answerTimeoutMs)
      this.child.once('exit', ended)
      this.child.once('message', (answer: Answer) => {
        this.child.off('exit', ended)
        clearTimeout(overdue)
        resolve(answer)
      })
      this.child.send(question as string)
    })
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit')
      this.child.kill('SIGTERM')
      const overdue = setTimeout(() => this.child.kill('SIGKILL'), stopTimeoutMs)
      await gone
      clearTimeout(overdue)
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Its output. */
  output(): string {
    return readFileSync(join(this.folder, 'output'), 'utf8')
  }

  private async untilReady(): Promise<void> {
    const giveUpAtMs = performance.now() + startTimeoutMs
    while (!this.output().includes('"process.ready"')) {
      if (this.child.exitCode !== null || performance.now() > giveUpAtMs) {
        const said = this.output()
        await this.stop()
        throw new Error(`${this.child.spawnargs.at(-1)} did not start:\n${said}`)
      }
      await wait(20)
    }
  }

  private ready(): Ready {
    const lines = this.output()
      .split('\n', 20)
      .filter((line) => line.startsWith('{'))
    return lines.map((line) => JSON.parse(line) as Ready).find(({ signal }) => signal === 'process.ready')!
  }
}

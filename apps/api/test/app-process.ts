import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { processEnvironment } from '@kilomega/config'

export type AppName = 'api' | 'worker' | 'search' | 'media' | 'notifications'

interface Line {
  signal: string
  public?: string
  internal?: string
}

/** A start with cold caches on a busy machine. */
const startDeadlineMs = 60_000

/** An application as its users run it: its own process, started from `dist`, on free ports, with a folder for what it stores. */
export class AppProcess {
  /** Its output, one line each. */
  readonly said: string[] = []
  private urls: { public: string; internal: string } | undefined

  private constructor(
    readonly app: AppName,
    private readonly child: ChildProcess,
  ) {}

  /** Resolves when it is ready. */
  static async start(app: AppName, folder: string, environment: Record<string, string>): Promise<AppProcess> {
    const started = AppProcess.spawn(app, folder, environment)
    await started.ready()
    return started
  }

  /** Starts it without waiting; `ready()` resolves when it is ready. */
  static spawn(app: AppName, folder: string, environment: Record<string, string>): AppProcess {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../..', app, 'dist/main.js')], {
      cwd: folder,
      env: {
        PATH: processEnvironment()['PATH'],
        NODE_ENV: 'development',
        LOG_FORMAT: 'json',
        HTTP_PORT: '0',
        HTTP_INTERNAL_PORT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = new AppProcess(app, child)
    child.stderr!.on('data', (chunk: Buffer) => started.said.push(chunk.toString()))
    createInterface({ input: child.stdout! }).on('line', (line) => started.said.push(line))
    return started
  }

  async ready(): Promise<void> {
    const overdue = setTimeout(() => this.child.kill('SIGKILL'), startDeadlineMs)
    const ended = once(this.child, 'exit').then(() => Promise.reject(new Error(`${this.app} did not start:\n${this.said.join('\n')}`)))
    ended.catch(() => undefined)
    try {
      this.urls = await Promise.race([this.readyLine(), ended])
    } finally {
      clearTimeout(overdue)
    }
  }

  get publicUrl(): string {
    return this.urls!.public
  }

  get internalUrl(): string {
    return this.urls!.internal
  }

  get pid(): number {
    return this.child.pid!
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** SIGSTOP: it hangs, and its connections stay open. */
  pause(): void {
    this.child.kill('SIGSTOP')
  }

  resume(): void {
    this.child.kill('SIGCONT')
  }

  /** SIGKILL: it ends without warning. */
  async kill(): Promise<void> {
    if (!this.isRunning) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }

  /** An orderly stop; returns the exit code. */
  async stop(): Promise<number> {
    this.child.kill('SIGTERM')
    const [code] = (await once(this.child, 'exit')) as [number]
    return code
  }

  /** Read from the recorded output, so that no line is missed however late the caller asks. */
  private async readyLine(): Promise<{ public: string; internal: string }> {
    for (let seen = 0; ;) {
      while (seen < this.said.length) {
        const line = this.said[seen++]!
        if (!line.includes('"process.ready"')) continue
        const { public: publicUrl = '', internal = '' } = JSON.parse(line) as Line
        return { public: publicUrl, internal }
      }
      await once(this.child.stdout!, 'data')
      await new Promise(setImmediate)
    }
  }
}

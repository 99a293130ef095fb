import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { processEnvironment } from '@kilomega/config'

interface Ready {
  signal: string
  public: string
  internal: string
}

/** A start from cold caches on a busy machine. */
const startDeadlineMs = 30_000

/** The API as its users run it: a process of its own from `dist`, on free ports, with a folder of its own for what it stores. */
export class ApiProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly publicUrl: string,
    readonly internalUrl: string,
  ) {}

  static async start(folder: string, environment: Record<string, string>): Promise<ApiProcess> {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/main.js')], {
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
    const { public: publicUrl, internal: internalUrl } = await ready(child)
    return new ApiProcess(child, publicUrl, internalUrl)
  }

  get pid(): number {
    return this.child.pid!
  }

  /** The end without a warning. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }

  /** The end in order; answers the exit code. */
  async stop(): Promise<number> {
    this.child.kill('SIGTERM')
    const [code] = (await once(this.child, 'exit')) as [number]
    return code
  }
}

async function ready(child: ChildProcess): Promise<Ready> {
  const said: string[] = []
  child.stderr!.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const overdue = setTimeout(() => child.kill('SIGKILL'), startDeadlineMs)
  for await (const line of createInterface({ input: child.stdout! })) {
    said.push(line)
    const signal = JSON.parse(line) as Ready
    if (signal.signal !== 'process.ready') continue
    clearTimeout(overdue)
    child.stdout!.resume()
    return signal
  }
  throw new Error(`the API did not start:\n${said.join('\n')}`)
}

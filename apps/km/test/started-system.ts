import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { processEnvironment } from '@kilomega/config'
import { freePorts, type Result } from './command-line.js'

const bin = join(import.meta.dirname, '../bin/km.js')

type Variables = Record<string, string | undefined>

/** A system started by `km start`, in its own folder and on its own ports, and the command line that finds it. */
export class StartedSystem {
  launcher!: ChildProcess
  /** All output of the launcher so far. */
  launched = ''

  private constructor(
    readonly folder: string,
    readonly environment: Variables,
  ) {}

  static async open(): Promise<StartedSystem> {
    const folder = mkdtempSync(join(tmpdir(), 'km-e2e-'))
    const port = await freePorts(2)
    const internalPort = port + 1
    const system = new StartedSystem(folder, {
      ...processEnvironment(),
      NODE_ENV: 'development',
      KILOMEGA_FOLDER: folder,
      KILOMEGA_URL: `http://127.0.0.1:${port}`,
      KILOMEGA_INTERNAL_URL: `http://127.0.0.1:${internalPort}`,
      HTTP_PORT: String(port),
      HTTP_INTERNAL_PORT: String(internalPort),
      RELAY_CANARY_MS: '1000',
    })
    await system.launch()
    return system
  }

  /** Resolves when it is ready; fails with its whole output if it ends first. */
  async launch(): Promise<void> {
    this.launched = ''
    const child = spawn(process.execPath, [bin, 'start', '--database-port', '0'], { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] })
    this.launcher = child
    child.stderr.on('data', (chunk: Buffer) => (this.launched += chunk.toString('utf8')))
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        this.launched += chunk.toString('utf8')
        if (this.launched.includes('Kilomega is ready')) resolve()
      })
      child.on('exit', (code) => reject(new Error(`km start ended with ${code}:\n${this.launched}`)))
    })
  }

  readonly km = (...parameters: string[]): Promise<Result> => this.kmReading('', ...parameters)

  /** Runs with different settings than the system. */
  kmWith(changes: Variables, ...parameters: string[]): Promise<Result> {
    return this.run({ ...this.environment, ...changes }, '', parameters)
  }

  /** Runs with `input` on standard input. */
  kmReading(input: string, ...parameters: string[]): Promise<Result> {
    return this.run(this.environment, input, parameters)
  }

  async close(): Promise<void> {
    this.launcher.kill('SIGINT')
    if (this.launcher.exitCode === null) await once(this.launcher, 'exit')
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async run(environment: Variables, input: string, parameters: string[]): Promise<Result> {
    const child = spawn(process.execPath, [bin, ...parameters], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.end(input)
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>])
    return { code, output, errors }
  }
}

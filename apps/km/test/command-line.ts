import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Environment } from '@kilomega/config'

const bin = join(import.meta.dirname, '../bin/km.js')

export interface Result {
  /** Exit code. */
  code: number
  output: string
  errors: string
}

/** A launcher that stays in the foreground, as `km up` does in a terminal. */
export interface Launcher {
  process: ChildProcess
  /** All output so far. */
  shown(): string
  /** Its exit code. */
  ended: Promise<number>
}

/** `km` as a person runs it, in its own folder. */
export class CommandLine {
  constructor(private readonly environment: Environment) {}

  async run(...parameters: string[]): Promise<Result> {
    const child = spawn(process.execPath, [bin, ...parameters], { env: { ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>])
    return { code, output, errors }
  }

  /** Runs a shell line in which `km` is this command line, in `folder`. */
  async shell(line: string, folder?: string): Promise<Result> {
    const script = `km() { "${process.execPath}" "${bin}" "$@"; }\n${line}`
    const child = spawn('bash', ['-c', script], { env: { ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'], ...(folder && { cwd: folder }) })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>])
    return { code, output, errors }
  }

  /** Resolves once the output contains `until`; fails with the whole output if the process ends first. */
  async launch(until: string, ...parameters: string[]): Promise<Launcher> {
    const child = spawn(process.execPath, [bin, ...parameters], { env: { ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = (once(child, 'close') as Promise<[number]>).then(([code]) => code)
    let shown = ''
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          shown += chunk.toString('utf8')
          if (shown.includes(until)) resolve()
        })
      void ended.then((code) => reject(new Error(`km ${parameters.join(' ')} ended with ${code}:\n${shown}`)))
    })
    return { process: child, shown: () => shown, ended }
  }
}

/** The first of `count` consecutive ports that are free at this moment. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const ports = Array.from({ length: count }, (_, index) => first + index)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first
  }
  throw new Error(`no ${count} free ports in a row`)
}

/** Checked as `km` itself does: on every address. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port), 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

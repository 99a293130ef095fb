import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { dataFolder } from './paths.js'

/** The longest path of a socket on macOS; Linux allows four bytes more. */
const longestPath = 103
const inFolder = join(dataFolder, 'run/launcher.sock')

/** The socket on which the launcher of this folder is asked for something. A pipe on Windows. */
export function controlPath(): string {
  const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\kilomega-${hash}`
  return Buffer.byteLength(inFolder) <= longestPath ? inFolder : join(tmpdir(), `kilomega-${hash}.sock`)
}

/** A line of the answer, each in JSON. The last one is `done` or `error`. */
export type ControlAnswer = { say: string } | { error: string } | { done: true }

/** Does what the request, any JSON value, asks for. Throws with a message for a person. */
export type Control = (request: unknown, say: (line: string) => void) => Promise<void>

/** Listens while a launcher runs. One request at a time: a second one is refused. Only the user who runs the launcher can connect. */
export class ControlServer {
  private server: Server | undefined
  private busy = false

  constructor(private readonly control: Control) {}

  async open(): Promise<void> {
    const path = controlPath()
    mkdirSync(dirname(inFolder), { recursive: true })
    rmSync(path, { force: true })
    const server = createServer((socket) => void this.serve(socket))
    const before = process.umask(0o177)
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
    process.umask(before)
    this.server = server.unref()
  }

  close(): void {
    this.server?.close()
  }

  private async serve(socket: Socket): Promise<void> {
    socket.on('error', () => undefined)
    const answer = (line: ControlAnswer): void => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`))
    for await (const line of createInterface(socket)) {
      answer(await this.run(line, (say) => answer({ say })))
      break
    }
    socket.end()
  }

  private async run(line: string, say: (text: string) => void): Promise<ControlAnswer> {
    if (this.busy) return { error: 'The launcher is still at an earlier request: wait until it is done' }
    this.busy = true
    try {
      await this.control(JSON.parse(line) as unknown, say)
      return { done: true }
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    } finally {
      this.busy = false
    }
  }
}

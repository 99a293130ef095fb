import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { ServerError } from '../server-error.js'
import type { ServerProcess } from '../server-process.js'

interface Expected {
  port: number
  folder: string
  /** Another server on the port has a different one. Unknown behind Docker. */
  pid: number | undefined
}

/** In milliseconds. With an empty store the server is ready in 0.05 s; one that was killed reads its append-only file before it answers, about 100 MB per second. */
const readyWithinMs = 20_000
const pollMs = 10
const saysWithinMs = 500

/** Waits until the server on the port is the process that was started and has read its data. Returns its version. */
export async function answerOf(server: ServerProcess, expected: Expected): Promise<string> {
  const until = performance.now() + readyWithinMs
  while (performance.now() < until) {
    if (!server.isRunning()) throw startProblem(server.lastWords(), expected)
    const info = await infoOf(expected.port)
    const [version, pid] = [fieldOf(info, 'redis_version'), fieldOf(info, 'process_id')]
    const hasRead = fieldOf(info, 'loading') === '0'
    if (version !== undefined && hasRead && (expected.pid === undefined || pid === String(expected.pid))) return version
    await wait(pollMs)
  }
  throw new ServerError('START_FAILED', `redis-server in ${expected.folder} did not answer within ${readyWithinMs / 1000} s: ${lastLine(server)}`)
}

/** Turns the last output of the server before it gave up into one clear error. */
export function startProblem(output: string, { port, folder }: Omit<Expected, 'pid'>): ServerError {
  if (/address already in use|port is already allocated/i.test(output)) {
    return new ServerError('PORT_TAKEN', `Port ${port} is taken: stop the program that listens there or choose another port for redis-server`)
  }
  return new ServerError('START_FAILED', `redis-server did not start in ${folder}: ${output.trim().split('\n').at(-1)?.trim() ?? ''}`)
}

const fieldOf = (info: string, name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
/** The first field of the second answer, which is the last one read. */
const lastField = /^loading:\d/m
const lastLine = (server: ServerProcess): string => server.lastWords().split('\n').at(-1) ?? ''

/** What the server says about itself; empty if no server is listening. A server that is still reading its data also answers `INFO`, with `loading:1`. */
function infoOf(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8').setTimeout(saysWithinMs)
    let said = ''
    const finish = (): void => {
      socket.destroy()
      resolve(said)
    }
    socket.on('connect', () => socket.write('INFO server\r\nINFO persistence\r\n'))
    socket.on('data', (text: string) => {
      said += text
      if (said.startsWith('-') || lastField.test(said)) finish()
    })
    for (const end of ['error', 'timeout', 'end'] as const) socket.on(end, finish)
  })
}

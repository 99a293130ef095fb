import { setTimeout as wait } from 'node:timers/promises'
import { ServerError } from '../server-error.js'
import type { ServerProcess } from '../server-process.js'
import { firstLine, infoOf, type NatsInfo } from './info-line.js'

interface Expected {
  name: string
  port: number
  folder: string
}

/** In milliseconds. With an empty store the server is ready in 0.05 s; one that was killed reads its streams again before it answers. */
const readyWithinMs = 10_000
const pollMs = 10
/** In milliseconds. Another program on the port may accept the connection and say nothing; by then our server has given up. */
const saysWithinMs = 500

/** Waits until this server, and not another on its port, sends its INFO line. */
export async function answerOf(server: ServerProcess, expected: Expected): Promise<NatsInfo> {
  const until = performance.now() + readyWithinMs
  while (performance.now() < until) {
    if (!server.isRunning()) throw startProblem(server.lastWords(), expected)
    const info = infoOf((await firstLine(expected.port, saysWithinMs)) ?? '')
    if (info?.server_name === expected.name) return info
    await wait(pollMs)
  }
  throw new ServerError(
    'START_FAILED',
    `nats-server in ${expected.folder} did not answer within ${readyWithinMs / 1000} s: ${server.lastWords().split('\n').at(-1)}`,
  )
}

/** Turns the last output of the server before it gave up into one clear error. */
export function startProblem(output: string, { port, folder }: Omit<Expected, 'name'>): ServerError {
  if (/address already in use|port is already allocated/i.test(output)) {
    return new ServerError('PORT_TAKEN', `Port ${port} is taken: stop the program that listens there or choose another port for nats-server`)
  }
  const lines = output.trim().split('\n')
  const words = lines.findLast((line) => /nats-server:|\[FTL\]|\[ERR\]|Error/.test(line)) ?? lines.at(-1) ?? ''
  return new ServerError('START_FAILED', `nats-server did not start in ${folder}: ${words.trim()}`)
}

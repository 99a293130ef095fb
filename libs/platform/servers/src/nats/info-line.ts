import { connect } from 'node:net'

/** What a nats-server says about itself to every client that connects, before authorization. */
export interface NatsInfo {
  /** `2.15.2` */
  version: string
  server_name: string
  jetstream: boolean
}

/** Reads `INFO {…}`, the first line of a connection. Undefined if it is something else. */
export function infoOf(line: string): NatsInfo | undefined {
  if (!line.startsWith('INFO {')) return undefined
  const { version = '', server_name = '', jetstream = false } = JSON.parse(line.slice('INFO '.length)) as Partial<NatsInfo>
  return { version, server_name, jetstream }
}

/** The version in an INFO line: `2.15.2`. Undefined if there is none. */
export const versionOf = (line: string): string | undefined => infoOf(line)?.version

/** Compares by numbers, so `2.12.7` is above `2.9.10`. Anything after a hyphen is ignored: `2.12.7-RC.1` counts as `2.12.7`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(wanted)]
  const at = want.findIndex((number, index) => number !== (have[index] ?? 0))
  return at === -1 || (have[at] ?? 0) > want[at]!
}

/** The first line that a server on a port of this machine sends within the time; undefined if no server is listening or nothing arrives. */
export function firstLine(port: number, withinMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8').setTimeout(withinMs)
    let said = ''
    const finish = (line?: string): void => {
      socket.destroy()
      resolve(line)
    }
    socket.on('data', (text: string) => {
      said += text
      if (said.includes('\n')) finish(said.slice(0, said.indexOf('\n')).trimEnd())
    })
    socket.on('error', () => finish())
    socket.on('timeout', () => finish())
    socket.on('end', () => finish())
  })
}

const numbersOf = (version: string): number[] => version.replace(/^v/, '').split('-')[0]!.split('.').map(Number)

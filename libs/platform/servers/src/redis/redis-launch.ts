import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { containerOf, signalContainer } from '../docker.js'
import type { ServerProgram } from '../native-server.js'
import type { Launch } from '../server-process.js'

/** The settings in which a queue and a cache differ. */
export interface RedisSettings {
  /** Writes every change to a file, and syncs it to disk once a second; without it a crash loses everything since the last snapshot. On by default. */
  appendOnly?: boolean
  /** What is evicted when memory is full; `noeviction` (writes fail) by default. */
  maxmemoryPolicy?: 'noeviction' | 'allkeys-lru' | 'volatile-lru' | 'volatile-ttl'
}

export interface RedisStart {
  folder: string
  port: number
  settings: RedisSettings
}

const containerPort = 6379

/** How the server is started: everything is on the command line, without a configuration file. The environment is empty where possible: it holds our secrets. */
export function redisLaunch(program: ServerProgram, start: RedisStart): Launch {
  const log = join(start.folder, 'log')
  if (program.place === 'path') return { program: program.program, parameters: nativeParameters(start), log, environment: {} }
  const send = (signal: NodeJS.Signals): void => signalContainer(program.program, start.folder, signal)
  return { program: program.program, parameters: dockerParameters(program.image, start), log, environment: processEnvironment(), send }
}

const nativeParameters = ({ folder, port, settings }: RedisStart): string[] => [
  // With its own process title, the process would not show which folder it belongs to: its command line contains the folder.
  ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--set-proc-title', 'no'],
  ...parametersOf(settings),
]

/** Published on the loopback address only. Runs as this user, so that the user can remove the files afterwards. */
export function dockerParameters(image: string, { folder, port, settings }: RedisStart): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`]
  const published = ['-p', `127.0.0.1:${port}:${containerPort}`, '-v', `${folder}:/data`]
  // In protected mode, clients from outside the container's loopback address are refused.
  const server = ['redis-server', '--protected-mode', 'no', '--dir', '/data', ...parametersOf(settings)]
  return ['run', '--rm', '--name', containerOf(folder), ...user, ...published, image, ...server]
}

/** No snapshots: the append-only file is what is read at the start. */
const parametersOf = ({ appendOnly = true, maxmemoryPolicy = 'noeviction' }: RedisSettings): string[] => [
  ...['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'everysec'],
  ...['--maxmemory-policy', maxmemoryPolicy],
]

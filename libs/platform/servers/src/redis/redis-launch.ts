import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { containerOf, signalContainer } from '../docker.js'
import type { ServerProgram } from '../native-server.js'
import type { Launch } from '../server-process.js'

/** Where the needs of a queue and of a cache differ. */
export interface RedisSettings {
  /** Writes every change to a file, and the file to the disk once a second; without it a crash loses all since the last snapshot. On unless told otherwise. */
  appendOnly?: boolean
  /** What goes when memory is full; `noeviction` (an error for who writes) unless told otherwise. */
  maxmemoryPolicy?: 'noeviction' | 'allkeys-lru' | 'volatile-lru' | 'volatile-ttl'
}

export interface RedisStart {
  folder: string
  port: number
  settings: RedisSettings
}

const containerPort = 6379

/** How the server is started: all on the command line, no file of configuration. Its environment is empty where it can be: it holds secrets of ours. */
export function redisLaunch(program: ServerProgram, start: RedisStart): Launch {
  const log = join(start.folder, 'log')
  if (program.place === 'path') return { program: program.program, parameters: nativeParameters(start), log, environment: {} }
  const send = (signal: NodeJS.Signals): void => signalContainer(program.program, start.folder, signal)
  return { program: program.program, parameters: dockerParameters(program.image, start), log, environment: processEnvironment(), send }
}

const nativeParameters = ({ folder, port, settings }: RedisStart): string[] => [
  // With a title of its own the process would not show whose it is: its command line has the folder.
  ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--set-proc-title', 'no'],
  ...parametersOf(settings),
]

/** Published on the loopback address only. Runs as this user, who can then remove the files. */
export function dockerParameters(image: string, { folder, port, settings }: RedisStart): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`]
  const published = ['-p', `127.0.0.1:${port}:${containerPort}`, '-v', `${folder}:/data`]
  // Whoever is not on the loopback address of the container is refused otherwise.
  const server = ['redis-server', '--protected-mode', 'no', '--dir', '/data', ...parametersOf(settings)]
  return ['run', '--rm', '--name', containerOf(folder), ...user, ...published, image, ...server]
}

/** No snapshots: the file of changes is what is read at the start. */
const parametersOf = ({ appendOnly = true, maxmemoryPolicy = 'noeviction' }: RedisSettings): string[] => [
  ...['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'everysec'],
  ...['--maxmemory-policy', maxmemoryPolicy],
]

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { containerOf, signalContainer } from '../docker.js'
import type { ServerProgram } from '../native-server.js'
import type { Launch } from '../server-process.js'

export interface NatsStart {
  folder: string
  port: number
  /** Distinguishes the answer of this server from that of another one on its port. */
  name: string
  configuration: string | undefined
}

const configurationFile = 'nats.conf'
const containerPort = 4222

/**
 * How the server is started. Our own settings go on the command line, which overrides the configuration, so the text of the configuration is used unchanged.
 * The environment is empty where possible: the server needs nothing from it, and it holds our secrets.
 */
export function natsLaunch(program: ServerProgram, start: NatsStart): Launch {
  writeConfiguration(start)
  const log = join(start.folder, 'log')
  if (program.place === 'path') return { program: program.program, parameters: nativeParameters(start), log, environment: {} }
  const send = (signal: NodeJS.Signals): void => signalContainer(program.program, start.folder, signal)
  return { program: program.program, parameters: dockerParameters(program.image, start), log, environment: processEnvironment(), send }
}

const nativeParameters = (start: NatsStart): string[] => ['-a', '127.0.0.1', '-p', String(start.port), ...parametersIn(start.folder, start)]

/** Published on the loopback address only. Runs as this user, so that the user can remove the files afterwards. */
export function dockerParameters(image: string, start: NatsStart): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`]
  const published = ['-p', `127.0.0.1:${start.port}:${containerPort}`, '-v', `${start.folder}:/data`]
  const server = ['-a', '0.0.0.0', '-p', String(containerPort), ...parametersIn('/data', start)]
  return ['run', '--rm', '--name', containerOf(start.folder), ...user, ...published, image, ...server]
}

/** `-sd`: the server creates a folder `jetstream` in it. */
const parametersIn = (folder: string, { name, configuration }: NatsStart): string[] => [
  ...['-n', name, '-js', '-sd', folder],
  ...(configuration === undefined ? [] : ['-c', `${folder}/${configurationFile}`]),
]

/** The file is private because it may hold passwords. */
function writeConfiguration({ folder, configuration }: NatsStart): void {
  const file = join(folder, configurationFile)
  rmSync(file, { force: true })
  if (configuration !== undefined) writeFileSync(file, configuration, { mode: 0o600 })
}

import { join, resolve } from 'node:path'
import { processEnvironment } from '@kilomega/config'

/** The repository: `apps/km/{src,dist}/start` lies four folders below it. */
export const root = join(import.meta.dirname, '../../../..')
/** Where every application is started: what it names relative to its folder lies below. */
export const workFolder = resolve(root, processEnvironment()['KILOMEGA_FOLDER'] || '.')
/** Everything that running leaves behind; `npm start -- --reset` empties it. */
export const dataFolder = join(workFolder, '.kilomega')
export const postgresFolder = join(dataFolder, 'postgres')
/** The keys of all applications on NATS, what each may do there, and below it the server's own folder. */
export const keysFolder = join(dataFolder, 'nats')
export const natsFolder = join(keysFolder, 'server')
export const redisFolder = join(dataFolder, 'redis')

export const mainFileOf = (app: string): string => join(root, 'apps', app, 'dist/main.js')
/** For people: `.kilomega/logs/api.log`. */
export const shownPath = (path: string): string => path.replace(`${dataFolder}/`, '.kilomega/')

/** For people: where a process or a server of ours says what it has to say. */
export const logOf = (name: string): string =>
  ({ postgres: '.kilomega/postgres/log', nats: '.kilomega/nats/server/log', redis: '.kilomega/redis/log' })[name] ?? `.kilomega/logs/${name}.log`

import { join, resolve } from 'node:path'
import { processEnvironment } from '@kilomega/config'

/** The repository: `apps/km/{src,dist}/start` is four folders below it. */
export const root = join(import.meta.dirname, '../../../..')
/** The working directory of every application; relative paths in settings start here. */
export const workFolder = resolve(root, processEnvironment()['KILOMEGA_FOLDER'] || '.')
/** All files that running leaves behind; `npm start -- --reset` empties it. */
export const dataFolder = join(workFolder, '.kilomega')
export const postgresFolder = join(dataFolder, 'postgres')
/** The NATS keys of all applications, their permissions there, and below it the server's own folder. */
export const keysFolder = join(dataFolder, 'nats')
export const natsFolder = join(keysFolder, 'server')
export const redisFolder = join(dataFolder, 'redis')

export const mainFileOf = (app: string): string => join(root, 'apps', app, 'dist/main.js')
/** For messages: `.kilomega/logs/api.log`. */
export const shownPath = (path: string): string => path.replace(`${dataFolder}/`, '.kilomega/')

/** For messages: the log of a process or of one of our servers. */
export const logOf = (name: string): string =>
  ({ postgres: '.kilomega/postgres/log', nats: '.kilomega/nats/server/log', redis: '.kilomega/redis/log' })[name] ?? `.kilomega/logs/${name}.log`

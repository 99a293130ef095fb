import { join, resolve } from 'node:path'
import { processEnvironment } from '@kilomega/config'

/** The repository: `apps/km/{src,dist}/start` is four folders below it. */
export const root = join(import.meta.dirname, '../../../..')
/** The working directory of every application; relative paths in settings start here. */
export const workFolder = resolve(root, processEnvironment()['KILOMEGA_FOLDER'] || '.')
/** All files that running leaves behind; `npm start -- --reset` empties it. */
export const dataFolder = join(workFolder, '.kilomega')
/** The NATS keys of all applications, their permissions there, and below it the server's own folder. */
export const keysFolder = join(dataFolder, 'nats')
export const natsFolder = join(keysFolder, 'server')
export const redisFolder = join(dataFolder, 'redis')

export const mainFileOf = (app: string): string => join(root, 'apps', app, 'dist/main.js')
/** For messages: `.kilomega/logs/api.log`. */
export const shownPath = (path: string): string => path.replace(`${dataFolder}/`, '.kilomega/')

/** Whether this is the name of one of our database servers: `postgres`, and from tier 100k on `postgres-2` and so on. */
export const isPostgres = (name: string): boolean => /^postgres(-\d+)?$/.test(name)
export const postgresFolder = (name: string): string => join(dataFolder, name)

/** For messages: the log of a process or of one of our servers. */
export function logOf(name: string): string {
  if (isPostgres(name)) return `.kilomega/${name}/log`
  return { nats: '.kilomega/nats/server/log', redis: '.kilomega/redis/log' }[name] ?? `.kilomega/logs/${name}.log`
}

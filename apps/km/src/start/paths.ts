import { join, resolve } from 'node:path'
import { processEnvironment } from '@kilomega/config'

/** The repository: `apps/km/{src,dist}/start` lies four folders below it. */
export const root = join(import.meta.dirname, '../../../..')
/** Where the API is started: what it names relative to its folder lies below. */
export const workFolder = resolve(root, processEnvironment()['KILOMEGA_FOLDER'] || '.')
/** Everything that running leaves behind; `npm start -- --reset` empties it. */
export const dataFolder = join(workFolder, '.kilomega')

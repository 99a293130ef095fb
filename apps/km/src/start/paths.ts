import { join } from 'node:path'

/** The repository: `apps/km/{src,dist}/start` lies four folders below it. */
export const root = join(import.meta.dirname, '../../../..')
/** Everything that running leaves behind; `npm start -- --reset` empties it. */
export const dataFolder = join(root, '.kilomega')

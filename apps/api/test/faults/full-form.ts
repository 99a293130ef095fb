import { processEnvironment } from '@kilomega/config'

/** The full form is that of the promise (`npm run test:faults`); the short one, of `npm test`, meets the same faults fewer times. */
export const isFullForm = processEnvironment()['KILOMEGA_FAULTS'] === 'full'

export const byForm = <T>(short: T, full: T): T => (isFullForm ? full : short)

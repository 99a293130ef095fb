import { processEnvironment } from '@kilomega/config'

/** The full form (`npm run test:faults`) checks what is promised; the short one (`npm test`) meets the same faults fewer times. */
export const isFullForm = processEnvironment()['KILOMEGA_FAULTS'] === 'full'

export const byForm = <T>(short: T, full: T): T => (isFullForm ? full : short)

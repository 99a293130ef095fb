import { processEnvironment } from '@kilomega/config'

/** The broker that the runner has started. */
export const natsUrl = processEnvironment()['BENCH_NATS_URL']!
/** The subject for the calls of one pair of processes: pairs run in parallel, and with a shared subject two would answer the same call. */
export const subject = processEnvironment()['BENCH_SUBJECT']!

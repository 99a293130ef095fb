import { processEnvironment } from '@kilomega/config'

/** The broker that the runner has started. */
export const natsUrl = processEnvironment()['BENCH_NATS_URL']!
/** Where the calls of one pair of processes go: pairs run side by side, and a call that two answer would be answered twice. */
export const subject = processEnvironment()['BENCH_SUBJECT']!

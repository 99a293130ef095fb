import { processEnvironment } from '@kilomega/config'

/** The broker that the runner has started. */
export const natsUrl = processEnvironment()['BENCH_NATS_URL']!

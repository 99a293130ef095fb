// The limit: BullMQ alone, over the same Redis.
import { Queue, Worker } from 'bullmq'
import { v7 } from 'uuid'
import { processEnvironment } from '@kilomega/config'
import { answerMeasures } from '../process/answer-measures.js'
import { measureJobs } from './measure-jobs.js'
import { jobsAtOnce, Noop } from './noop-module.js'

// With names as long as ours: Redis and its client handle fourteen keys per job, and short names alone make it 5% faster.
const [name, prefix] = [Noop.jobName, 'queue']
const connection = { url: processEnvironment()['QUEUE_REDIS_URL']!, maxRetriesPerRequest: null }
const queue = new Queue(name, { connection, prefix })
let started: () => void = () => undefined
const worker = new Worker(name, async () => started(), { connection, prefix, concurrency: jobsAtOnce })
await worker.waitUntilReady()

const opts = () => ({ jobId: v7(), attempts: 5, removeOnComplete: { count: 1_000 } })
const under = {
  add: async (count: number) => {
    await queue.addBulk(Array.from({ length: count }, () => ({ name, data: { payload: { ship: 1 } }, opts: opts() })))
  },
  onStart: (startedJob: () => void) => void (started = startedJob),
}
answerMeasures((durationMs) => measureJobs(under, durationMs))

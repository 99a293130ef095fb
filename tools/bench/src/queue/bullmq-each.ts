// The peer: 10,000 jobs added to BullMQ over Redis one by one, as in a loop over recipients.
import { Queue } from 'bullmq'
import { processEnvironment } from '@kilomega/config'
import { answerMeasures } from '../process/answer-measures.js'
import { fanOut, measureFanOut } from './measure-fan-out.js'
import { Noop } from './noop-module.js'

const connection = { url: processEnvironment()['QUEUE_REDIS_URL']!, maxRetriesPerRequest: null }
const queue = new Queue(Noop.jobName, { connection, prefix: 'queue' })
await queue.waitUntilReady()
answerMeasures(async () => {
  await queue.obliterate({ force: true })
  return measureFanOut(async () => {
    for (let job = 0; job < fanOut; job += 1) await queue.add(Noop.jobName, { payload: { ship: 1 } })
  })
})

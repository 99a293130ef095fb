// The peer: 10,000 jobs added to BullMQ over Redis one after the other, as a loop over recipients does it.
import { Queue } from 'bullmq'
import { processEnvironment } from '@kilomega/config'
import { answerMeasures } from '../process/answer-measures.js'
import { fanOut, measureFanOut } from './measure-fan-out.js'

const queue = new Queue('each', { connection: { url: processEnvironment()['QUEUE_REDIS_URL']!, maxRetriesPerRequest: null }, prefix: 'raw' })
await queue.waitUntilReady()
answerMeasures(() =>
  measureFanOut(async () => {
    for (let job = 0; job < fanOut; job += 1) await queue.add('noop', { payload: { ship: 1 } })
    await queue.obliterate({ force: true })
  }),
)

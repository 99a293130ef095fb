// Jobs of the platform over Redis: payloads validated, request and deadline carried, each a call of its own, deleted from the ledger when it has ended.
import 'reflect-metadata'
import { Databases } from '@kilomega/database'
import type { Delivery } from '@kilomega/messaging'
import { EndedJobs, jobPublication, QueueConfig } from '@kilomega/queue'
import { getQueueToken } from '@nestjs/bullmq'
import type { Queue } from 'bullmq'
import { v7 } from 'uuid'
import { answerMeasures } from '../process/answer-measures.js'
import { measureJobs } from './measure-jobs.js'
import { Noop, noop } from './noop-module.js'
import { openNoop } from './noop-app.js'

const app = await openNoop()
const queue = app.get<Queue>(getQueueToken(Noop.jobName) as never, { strict: false })
const [ended, config] = [app.get(EndedJobs, { strict: false }), app.get(QueueConfig, { strict: false })]
const database = app.get(Databases, { strict: false }).of(Noop.module)
const { publish } = jobPublication({ definition: Noop, queue, database, ended }, config)

/** As the relay reads them from an outbox. */
const delivery = (): Delivery => ({
  id: v7(),
  name: Noop.jobName,
  payload: { payload: { ship: 1 }, delayMs: 0, version: 1 },
  requestId: 'bench',
  occurredAt: new Date().toISOString(),
  attempts: 0,
  lease: 0,
  lostLeases: 0,
  ordered: false,
})
const under = {
  add: (count: number) => publish(Array.from({ length: count }, delivery)),
  onStart: (startedJob: () => void) => void (noop.started = startedJob),
}
answerMeasures((durationMs) => measureJobs(under, durationMs))

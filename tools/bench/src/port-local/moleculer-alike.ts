// A Moleculer action called within its node, with what a port call always has: a deadline and metrics for each call.
import { ServiceBroker } from 'moleculer'
import { answerCalls } from '../process/answer-calls.js'
import { payload, type Payload } from './payload.js'

const broker = new ServiceBroker({ logger: false, requestTimeout: 5_000, metrics: true })
broker.createService({ name: 'echo', actions: { say: async ({ params }: { params: Payload }) => params } })
await broker.start()

answerCalls(() => broker.call('echo.say', payload))

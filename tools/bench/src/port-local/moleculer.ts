// A Moleculer action called within its node, with the defaults: no deadline, no metrics.
import { ServiceBroker } from 'moleculer'
import { answerCalls } from '../process/answer-calls.js'
import { payload, type Payload } from './payload.js'

const broker = new ServiceBroker({ logger: false })
broker.createService({ name: 'echo', actions: { say: async ({ params }: { params: Payload }) => params } })
await broker.start()

answerCalls(() => broker.call('echo.say', payload))

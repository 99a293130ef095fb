// A Moleculer node that calls another one.
import { payload } from '../port-local/payload.js'
import { answerCalls } from '../process/answer-calls.js'
import { moleculerBroker } from './moleculer-broker.js'

const broker = moleculerBroker('asks')
await broker.start()
await broker.waitForServices('echo')
answerCalls(() => broker.call('echo.say', payload))

// A Moleculer node that answers.
import type { Payload } from '../port-local/payload.js'
import { tellReady } from '../process/tell-ready.js'
import { moleculerBroker } from './moleculer-broker.js'

const broker = moleculerBroker('answers')
broker.createService({ name: 'echo', actions: { say: async ({ params }: { params: Payload }) => params } })
await broker.start()
tellReady()

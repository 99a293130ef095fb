// A Moleculer node that answers.
import type { Payload } from '../port-local/payload.js'
import { reportReady } from '../process/report-ready.js'
import { moleculerBroker } from './moleculer-broker.js'

const broker = moleculerBroker('answers')
broker.createService({ name: 'echo', actions: { say: async ({ params }: { params: Payload }) => params } })
await broker.start()
reportReady()

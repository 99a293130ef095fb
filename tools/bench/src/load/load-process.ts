// A process that sends requests on demand: on a core of its own, so that asking does not take time from answering.
import { closedLoop } from './closed-loop.js'
import { HttpConnection } from './http-connection.js'
import { type LoadOrder, type LoadReport, requestBytes } from './load-order.js'
import { openLoop } from './open-loop.js'
import { percentilesOf } from '../statistics.js'
import { tellReady } from '../process/tell-ready.js'

async function carryOut(order: LoadOrder): Promise<LoadReport> {
  const { hostname, port } = new URL(order.url)
  const connections = await Promise.all(Array.from({ length: order.connections }, () => HttpConnection.open(hostname, Number(port))))
  const request = requestBytes(order)
  const { durationMs, perSecond } = order
  const startedAt = performance.now()
  // Where requests come at fixed times there is a core that rests, which is what the measured latency is made of.
  const rest = perSecond === undefined ? stayAwake() : (): void => undefined
  try {
    const latenciesUs =
      perSecond === undefined ? await closedLoop(connections, request, durationMs) : await openLoop(connections, request, { durationMs, perSecond })
    return { requests: latenciesUs.length, seconds: (performance.now() - startedAt) / 1_000, ...percentilesOf(latenciesUs) }
  } finally {
    rest()
    connections.forEach((connection) => connection.close())
  }
}

/**
 * Keeps this core from sleeping while it waits: waking it is paid by whoever sends to it, up to 20 us for each answer on a virtual machine, and only
 * by servers that are slower than the load, which would make every comparison look worse than it is.
 */
function stayAwake(): () => void {
  let awake = true
  const spin = (): void => void (awake && setImmediate(spin))
  spin()
  return () => (awake = false)
}

process.on('message', (message: LoadOrder | 'usage') => {
  if (message === 'usage') return
  carryOut(message).then(
    (report) => process.send!({ report }),
    (error: Error) => process.send!({ problem: error.message }),
  )
})
tellReady()

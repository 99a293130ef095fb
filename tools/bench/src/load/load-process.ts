// A process that sends requests on demand: on its own core, so that it takes no time from the server.
import { closedLoop } from './closed-loop.js'
import { HttpConnection } from './http-connection.js'
import { type LoadOrder, type LoadReport, requestBytes } from './load-order.js'
import { openLoop } from './open-loop.js'
import { percentilesOf } from '../statistics.js'
import { reportReady } from '../process/report-ready.js'

async function carryOut(order: LoadOrder): Promise<LoadReport> {
  const { hostname, port } = new URL(order.url)
  const connections = await Promise.all(Array.from({ length: order.connections }, () => HttpConnection.open(hostname, Number(port))))
  const request = requestBytes(order)
  const { durationMs, perSecond } = order
  const startedAt = performance.now()
  // Requests at fixed times leave idle time on a core, and waking it is part of the measured latency.
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
 * Keeps this core from sleeping while it waits. The sender pays for waking it, up to 20 us per answer on a virtual machine, and only servers that are
 * slower than the load would pay, which would make every comparison look worse than it is.
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
reportReady()

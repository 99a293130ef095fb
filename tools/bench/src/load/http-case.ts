import type { Measurement, OpenCase } from '../bench.js'
import { CaseProcess, type Program } from '../process/case-process.js'
import { HttpLoad } from './http-load.js'
import type { LoadOrder } from './load-order.js'

/** Enough connections to keep one core busy. */
const connections = 32

/** A case that is a server: it runs on one core, the load on the other. */
export async function httpCase(program: Program, ask: { path: string; headers?: Record<string, string> }): Promise<OpenCase> {
  const server = await CaseProcess.start({ ...program, core: 'server' })
  const load = await HttpLoad.start()
  const order = { url: new URL(ask.path, server.url).href, headers: ask.headers ?? {}, connections }
  return {
    measure: (durationMs) => measureServer(server, load, { ...order, durationMs }),
    close: async () => {
      await load.stop()
      await server.stop()
    },
  }
}

/** The server itself reads its CPU time before and after, so work besides answering counts too. */
export async function measureServer(server: CaseProcess, load: HttpLoad, order: LoadOrder): Promise<Measurement> {
  const before = await server.usage()
  const { requests, seconds, ...latencies } = await load.send(order)
  const after = await server.usage()
  return {
    operations: requests,
    perSecond: requests / seconds,
    cpuUs: (after.cpuUs - before.cpuUs) / requests,
    ...latencies,
    peakRssMb: after.peakRssMb,
  }
}

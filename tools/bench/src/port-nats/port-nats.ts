import { join } from 'node:path'
import { makeServiceKey } from '@kilomega/messaging'
import { bench } from '../bench.js'
import { callCase } from '../load/call-case.js'
import { missingNats, NatsServer } from './nats-server.js'
import { natsCase } from './nats-case.js'

const inProcess = join(import.meta.dirname, '../port-local/ours.js')

/** Both processes share one key, as the instances of a service do. */
function ours(nats: NatsServer) {
  const environment = { NATS_URL: nats.url, NATS_SEED: makeServiceKey().seed.reveal() }
  return natsCase(nats, { call: 'call-ours', answer: 'echo-ours', environment })
}

export const portNats = bench<NatsServer>({
  name: 'port-nats',
  about: 'A call of 1 KB of JSON to another process over NATS; latency with one caller, capacity and the CPU of the caller with 64.',
  unit: 'call',
  roundMs: 2_000,
  warmUpMs: 2_000,
  steady: { case: 'own-mux', metric: 'cpuUs' },
  missing: missingNats,
  openWorld: () => NatsServer.start(),
  cases: [
    {
      name: 'own-mux',
      role: 'limit',
      about: 'one inbox and numbered replies, JSON, nothing else',
      open: (nats) => natsCase(nats, { call: 'call-mux', answer: 'echo-mux' }),
    },
    { name: 'ours', role: 'ours', about: 'a port: deadline, signed actor, trace, errors, cancellation, metrics', open: ours },
    {
      name: 'request',
      role: 'peer',
      about: 'request() of nats.js, JSON',
      open: (nats) => natsCase(nats, { call: 'call-request', answer: 'echo-mux' }),
    },
    { name: 'nest', role: 'peer', about: 'ClientProxy of Nest', open: (nats) => natsCase(nats, { call: 'call-nest', answer: 'echo-nest' }) },
    { name: 'moleculer', role: 'peer', about: 'Moleculer', open: (nats) => natsCase(nats, { call: 'call-moleculer', answer: 'echo-moleculer' }) },
    {
      name: 'in-process',
      role: 'ours',
      about: 'the same port within one process',
      open: () => callCase({ script: inProcess }, { callers: 64, batch: 20 }),
    },
  ],
  goals: [
    { id: 'G-b2', what: 'CPU of ours / Nest', atMost: 0.7, figure: (results) => results.ratio('ours', 'nest', 'cpuUs') },
    { id: 'G-b2', what: 'CPU of ours / Moleculer', atMost: 0.85, figure: (results) => results.ratio('ours', 'moleculer', 'cpuUs') },
    { id: 'G-b2', what: 'calls a second of ours / Nest', atLeast: 1.3, figure: (results) => results.ratio('ours', 'nest', 'perSecond') },
    { id: 'G-b2', what: 'calls a second of ours / request()', atLeast: 1.4, figure: (results) => results.ratio('ours', 'request', 'perSecond') },
    { id: 'G-b2', what: 'calls a second of ours / Moleculer', atLeast: 0.95, figure: (results) => results.ratio('ours', 'moleculer', 'perSecond') },
    { id: 'G-b2', what: 'p50 of ours / Nest, one caller', atMost: 0.85, figure: (results) => results.ratio('ours', 'nest', 'p50Us') },
    { id: 'G-b3', what: 'calls a second of ours / the limit', atLeast: 0.7, figure: (results) => results.ratio('ours', 'own-mux', 'perSecond') },
  ],
  remarks: (results) => [
    `G-b4: a call to another process takes ${results.ratio('ours', 'in-process', 'p50Us').toFixed(0)} times one within the process`,
  ],
})

import { join } from 'node:path'
import { bench, noWorld, type OpenCase } from '../bench.js'
import { callCase } from '../load/call-case.js'

const open = (name: string) => (): Promise<OpenCase> => callCase({ script: join(import.meta.dirname, `${name}.js`) }, { callers: 64, batch: 20 })

export const portLocal = bench({
  name: 'port-local',
  about: 'A call of 1 KB within one process; latency with one caller, capacity and CPU with 64.',
  unit: 'call',
  roundMs: 1_500,
  warmUpMs: 1_500,
  steady: { case: 'direct', metric: 'cpuUs' },
  openWorld: noWorld,
  cases: [
    { name: 'direct', role: 'limit', about: 'an asynchronous function', open: open('direct') },
    {
      name: 'moleculer',
      role: 'peer',
      about: 'a Moleculer action in its own node with its defaults: no deadline, no metrics, no schema for its input',
      open: open('moleculer'),
    },
    { name: 'moleculer-alike', role: 'peer', about: 'the same with the deadline and the metrics that ours has', open: open('moleculer-alike') },
    { name: 'ours', role: 'ours', about: 'a port call as in production: deadline, actor, access, trace, metrics', open: open('ours') },
    { name: 'ours-checked', role: 'ours', about: 'the same with its input checked against a schema of four fields', open: open('ours-checked') },
  ],
  goals: [
    {
      id: 'G-b1',
      what: 'p50 of ours / Moleculer with deadline and metrics',
      atMost: 1,
      figure: (results) => results.ratio('ours', 'moleculer-alike', 'p50Us'),
    },
    {
      id: 'G-b1',
      what: 'calls a second of ours / Moleculer with deadline and metrics',
      atLeast: 1,
      figure: (results) => results.ratio('ours', 'moleculer-alike', 'perSecond'),
    },
    { id: 'G-b1', what: 'p50 of ours, us', atMost: 2, figure: (results) => results.median('ours', 'p50Us') },
  ],
  remarks: (results) => [
    `p50 of ours / Moleculer without both: ${results.ratio('ours', 'moleculer', 'p50Us').toFixed(2)}; calls a second: ${results.ratio('ours', 'moleculer', 'perSecond').toFixed(2)}`,
  ],
})

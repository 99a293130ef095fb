import { join } from 'node:path'
import { bench, type OpenCase } from '../bench.js'
import { httpCase } from '../load/http-case.js'
import { openPlatformWorld, type PlatformWorld } from '../world/platform-world.js'
import { signed } from './usual-guard.js'

const path = '/v1/hello'
const script = (name: string): string => join(import.meta.dirname, `${name}.js`)
const serve = (name: string, token?: string): Promise<OpenCase> =>
  httpCase({ script: script(name) }, { path, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })

/** Valid for longer than any run takes. */
const usualToken = (): string => signed({ sub: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10', role: 'user', exp: Math.floor(Date.now() / 1_000) + 3_600 })

function serveOurs({ environment, userToken }: PlatformWorld, settings: Record<string, string>): Promise<OpenCase> {
  const program = { script: script('ours'), environment: { ...environment, QUEUE_WORKERS: 'false', ...settings } }
  return httpCase(program, { path, headers: { authorization: `Bearer ${userToken}` } })
}

export const httpHello = bench<PlatformWorld>({
  name: 'http-hello',
  about: 'A route that answers {"hello":"world"}: the cost of the path to the handler and back.',
  unit: 'request',
  roundMs: 2_000,
  warmUpMs: 5_000,
  leadInMs: 1_000,
  instances: 3,
  steady: { case: 'node-http', metric: 'cpuUs' },
  openWorld: openPlatformWorld,
  cases: [
    { name: 'node-http', role: 'limit', about: 'node:http alone', open: () => serve('raw-http') },
    { name: 'nest-fastify', role: 'limit', about: 'Nest on Fastify with nothing on top', open: () => serve('nest-fastify') },
    {
      name: 'ours',
      role: 'ours',
      about:
        'the whole pipeline in production: access token of identity, call context with deadline, request id, trace, security headers, quota, metrics, a log line for each request',
      open: (world) => serveOurs(world, { HTTP_LOG_EVERY: '1' }),
    },
    {
      name: 'ours-sampled-log',
      role: 'ours',
      about: 'the same with its default log, one line for 100 requests',
      open: (world) => serveOurs(world, {}),
    },
    {
      name: 'usual-chain',
      role: 'peer',
      about:
        'Nest on Fastify with a guard (HS256 verified at each request), context, prom-client and pino in interceptors, a log line for each request; no trace, deadline, security headers or quota',
      open: () => serve('usual-chain', usualToken()),
    },
    { name: 'nest-express', role: 'peer', about: "Nest on Express, Nest's default, with nothing on top", open: () => serve('nest-express') },
  ],
  goals: [
    { id: 'G-a1', what: 'CPU of ours / bare Nest on Fastify', atMost: 1.6, figure: (results) => results.ratio('ours', 'nest-fastify', 'cpuUs') },
    { id: 'G-a1', what: 'CPU of ours / the usual chain', atMost: 0.6, figure: (results) => results.ratio('ours', 'usual-chain', 'cpuUs') },
    { id: 'G-a1', what: 'CPU of ours / bare Nest on Express', atMost: 1, figure: (results) => results.ratio('ours', 'nest-express', 'cpuUs') },
  ],
})

import { bench, type BenchCase, type OpenCase, type Role } from '../bench.js'
import { HttpLoad } from '../load/http-load.js'
import { openPlatformWorld } from '../world/platform-world.js'
import type { MediaServer } from './media-server.js'
import { startOurs } from './our-server.js'
import { startPeer } from './peer-server.js'

interface World {
  ours: MediaServer
  peer: MediaServer
  load: HttpLoad
  close(): Promise<void>
}

/** Requests per second: far below the capacity of a server, so that only disturbances show. */
const perSecond = 200
const connections = 64

async function openWorld(): Promise<World> {
  const platform = await openPlatformWorld()
  const [ours, peer, load] = [await startOurs(platform), await startPeer(), await HttpLoad.start({ core: 'any' })]
  const close = async (): Promise<void> => {
    for (const one of [ours, peer]) await one.close()
    await load.stop()
    await platform.close()
  }
  return { ours, peer, load, close }
}

interface Kind {
  role: Role
  server: 'ours' | 'peer'
  route: 'hello' | 'file'
  busy: boolean
}

const media = { ours: 'while pictures are worked on in our monolith', peer: 'while sharp works on 4 pictures in process' }

const caseOf = ({ role, server, route, busy }: Kind): BenchCase<World> => ({
  name: `${server}-${route}-${busy ? 'busy' : 'idle'}`,
  role,
  about: `${route === 'hello' ? 'a constant' : 'a small file'} ${busy ? media[server] : 'with nothing else to do'}`,
  open: async (world) =>
    ({ measure: (durationMs) => measure(world, { server, route, busy }, durationMs), close: async () => undefined }) satisfies OpenCase,
})

/** Half the time for the peer, whose figures are not judged: with pictures in progress it answers 43 requests for a file per second instead of 200. */
const shareOf = { ours: 1, peer: 0.5 }

async function measure({ load, ...servers }: World, { server, route, busy }: Omit<Kind, 'role'>, roundMs: number) {
  const durationMs = roundMs * shareOf[server]
  const { url, token, ...one } = servers[server]
  if (busy) await one.startJobs()
  const path = route === 'hello' ? one.helloPath : one.filePath
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const { requests, seconds, ...latencies } = await load.send({ url: new URL(path, url).href, headers, durationMs, connections, perSecond })
  if (busy) await one.finishJobs()
  return { operations: requests, perSecond: requests / seconds, cpuUs: Number.NaN, peakRssMb: Number.NaN, ...latencies }
}

const kinds: Kind[] = (['hello', 'file'] as const).flatMap((route) => [
  { role: 'limit', server: 'ours', route, busy: false },
  { role: 'ours', server: 'ours', route, busy: true },
  { role: 'peer', server: 'peer', route, busy: false },
  { role: 'peer', server: 'peer', route, busy: true },
])

export const mediaIsolation = bench<World>({
  name: 'media-isolation',
  about: `Latency at ${perSecond} requests a second, from when each was due, while pictures of 12 megapixels become renditions.`,
  unit: 'request',
  // 600 requests, of which the 6 slowest are the last percent.
  roundMs: 3_000,
  warmUpMs: 1_000,
  // Longer than it takes to wake an idle core, which differs from round to round.
  steady: { case: 'ours-file-idle', metric: 'p50Us' },
  openWorld,
  cases: kinds.map(caseOf),
  goals: [
    {
      id: 'G-f1',
      what: 'p99 of a constant, busy / idle',
      atMost: 3,
      figure: (results) => results.ratio('ours-hello-busy', 'ours-hello-idle', 'p99Us'),
    },
    {
      id: 'G-f1',
      what: 'p99 of a small file, busy / idle',
      atMost: 3,
      figure: (results) => results.ratio('ours-file-busy', 'ours-file-idle', 'p99Us'),
    },
  ],
  remarks: (results) => [
    `sharp in process: p99 of a constant ${results.ratio('peer-hello-busy', 'peer-hello-idle', 'p99Us').toFixed(1)}x, of a small file ${results.ratio('peer-file-busy', 'peer-file-idle', 'p99Us').toFixed(1)}x`,
  ],
})

import { join } from 'node:path'
import { bench, type OpenCase } from '../bench.js'
import { httpCase } from '../load/http-case.js'
import { openPlatformWorld, type PlatformWorld } from '../world/platform-world.js'
import { seedPosts } from './seed-posts.js'

const path = '/v1/posts'
const serve =
  (name: string) =>
  ({ databaseUrl }: PlatformWorld): Promise<OpenCase> =>
    httpCase({ script: join(import.meta.dirname, `${name}.js`), environment: { DATABASE_URL: databaseUrl } }, { path })

async function openWorld(): Promise<PlatformWorld> {
  const world = await openPlatformWorld()
  await seedPosts(world.databaseUrl)
  return world
}

export const httpList = bench<PlatformWorld>({
  name: 'http-list',
  about: 'The 20 newest of 2,000 posts as JSON, by index.',
  unit: 'request',
  roundMs: 2_000,
  warmUpMs: 3_000,
  steady: { case: 'fastify-json', metric: 'cpuUs' },
  openWorld,
  cases: [
    { name: 'fastify-json', role: 'limit', about: 'json_agg in Postgres, passed through by bare Fastify', open: serve('fastify-json') },
    { name: 'nest-typeorm', role: 'peer', about: 'repository.find() of TypeORM in bare Nest on Fastify', open: serve('nest-typeorm') },
    {
      name: 'ours',
      role: 'ours',
      about: 'GET /v1/posts of the API in production: the whole pipeline, the port of content, a signed cursor for the next page',
      open: ({ apiScript, environment }) => httpCase({ script: apiScript, environment: { ...environment, QUEUE_WORKERS: 'false' } }, { path }),
    },
  ],
  goals: [{ id: 'G-a2', what: 'CPU of ours / Nest with TypeORM', atMost: 0.5, figure: (results) => results.ratio('ours', 'nest-typeorm', 'cpuUs') }],
  remarks: (results) => [`CPU of ours / the limit: ${results.ratio('ours', 'fastify-json', 'cpuUs').toFixed(2)}`],
})

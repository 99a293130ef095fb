import { CrewShip } from '@kilomega/port-testing'
import { describeWithRedis, openRedis } from '@kilomega/testing'
import { holds } from './ledger.js'

type Settings = Parameters<typeof openRedis>[0]

const endsWithinMs = 5_000
const unsafe: [what: string, settings: Settings, words: RegExp][] = [
  ['that evicts any key', { maxmemoryPolicy: 'allkeys-lru' }, /maxmemory-policy/],
  ['that evicts keys which expire', { maxmemoryPolicy: 'volatile-ttl' }, /maxmemory-policy/],
  ['without a file of changes', { appendOnly: false }, /appendonly/],
  ['with neither', { appendOnly: false, maxmemoryPolicy: 'allkeys-lru' }, /maxmemory-policy.*appendonly/],
]

describeWithRedis('A process in production over a Redis that may lose jobs', () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open('redis', { NODE_ENV: 'production', HTTP_CURSOR_SECRET: 'a secret of more than thirty-two characters' })
  }, 60_000)
  afterAll(() => ship?.close())

  holds('R4', 'exits at once and names the wrong setting, and does not start with any of them', async (figures) => {
    figures.backend = 'redis'
    figures.faultsHit = 0
    for (const [, settings, words] of unsafe) {
      const redis = await openRedis(settings)
      const { code, said, tookMs } = await ship.turnAway({ QUEUE_REDIS_URL: redis.url })
      await redis.close()
      figures.faultsHit += 1
      expect(code).toBe(1)
      expect(said).toMatch(words)
      expect(said.trim().split('\n')).toEqual([
        'The configuration is not valid:',
        expect.stringMatching(/^ {2}QUEUE_REDIS_URL: QUEUE_UNSAFE_CONFIG: /),
      ])
      figures.p99Ms = Math.max(figures.p99Ms ?? 0, tookMs)
    }
    expect(figures.p99Ms).toBeLessThanOrEqual(endsWithinMs)
    await ship.embark()
  })
})

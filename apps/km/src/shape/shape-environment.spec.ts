import { readProfile } from './profile.js'
import { environmentOf, portBaseOf, refuseContradictions } from './shape-environment.js'

const surroundings = {
  caller: { PATH: '/bin', HTTP_PORT: '3010', LOG_LEVEL: 'warn' },
  database: { url: 'postgres://localhost/kilomega', replicas: '' },
  url: 'http://127.0.0.1:3010',
  nats: { url: 'nats://127.0.0.1:4222', trustedKeys: ['UA', 'UB'], seedFileOf: (app: string) => `/keys/${app}.seed` },
  redisUrl: 'redis://127.0.0.1:6379',
}
const search = { name: 'search-2', app: 'search' as const, internalPort: 3_016, environment: { DATABASE_POOL_SIZE: '8' } }

describe('The environment of a process in a shape', () => {
  it("has the caller's settings, its own ports, and its own key only as a file", () => {
    const environment = environmentOf(search, surroundings)
    expect(environment).toMatchObject({ PATH: '/bin', LOG_LEVEL: 'warn', DATABASE_POOL_SIZE: '8', HTTP_INTERNAL_PORT: '3016' })
    expect(environment).toMatchObject({ NATS_SEED_FILE: '/keys/search.seed', NATS_TRUSTED_KEYS: 'UA,UB' })
    expect(environment).toMatchObject({ QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: 'redis://127.0.0.1:6379' })
    expect(environment['HTTP_PORT']).toBeUndefined()
  })

  it('keeps jobs where the caller wants them in a shape without Redis', () => {
    const environment = environmentOf(search, { ...surroundings, redisUrl: undefined, caller: { QUEUE_BACKEND: 'postgres' } })
    expect(environment).toMatchObject({ QUEUE_BACKEND: 'postgres' })
    expect(environment).not.toHaveProperty('QUEUE_REDIS_URL')
  })

  it('names the settings of the caller that contradict the shape', () => {
    const profile = readProfile('500k')
    expect(() => refuseContradictions(profile, { QUEUE_WORKERS: 'on' })).toThrow(/^QUEUE_WORKERS: the tier 500k decides this/)
    expect(() => refuseContradictions(profile, { NATS_SEED: 'SU' })).toThrow(/^NATS_SEED: /)
    expect(() => refuseContradictions(profile, { QUEUE_BACKEND: 'postgres' })).toThrow(/^QUEUE_BACKEND: /)
    expect(() => refuseContradictions(profile, { QUEUE_BACKEND: 'redis' })).not.toThrow()
    expect(() => refuseContradictions(profile, { QUEUE_WORKERS: 'off', LOG_LEVEL: 'debug' })).not.toThrow()
    expect(() => refuseContradictions(readProfile('1k'), { QUEUE_WORKERS: 'on' })).not.toThrow()
  })

  it('starts at the public port that the caller asks for', () => {
    expect(portBaseOf(undefined, {})).toBeUndefined()
    expect(portBaseOf(undefined, { HTTP_PORT: '3010', HTTP_INTERNAL_PORT: '3011' })).toBe(3_010)
    expect(portBaseOf(4_000, { HTTP_PORT: '3010' })).toBe(4_000)
    expect(() => portBaseOf(undefined, { HTTP_INTERNAL_PORT: '3011' })).toThrow('say --port-base 3010 instead')
  })
})

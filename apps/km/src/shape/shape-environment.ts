import type { Environment } from '@kilomega/config'
import { Failure } from '../failure.js'
import type { PlannedProcess } from './plan.js'
import type { Profile } from './profile.js'

/** Connection strings of the primary and, separated by spaces, of its replicas. */
export interface DatabasePlace {
  readonly url: string
  readonly replicas: string
}

/** The settings that all processes of a shape share. */
export interface Surroundings {
  /** The environment of the caller. */
  caller: Environment
  database: DatabasePlace
  /** The public address of the API. */
  url: string
  /** The address of NATS and the keys to trust there; undefined in a shape without NATS. */
  nats: { url: string; trustedKeys: string[]; seedFileOf: (app: string) => string } | undefined
  /** The Redis of the queue; undefined in a shape whose jobs wait in PostgreSQL. */
  redisUrl: string | undefined
}

/** The settings of one process: the caller's, overridden by what the shape decides. */
export function environmentOf({ app, publicPort, internalPort, environment }: PlannedProcess, surroundings: Surroundings): Environment {
  const { caller, database, url, nats, redisUrl } = surroundings
  return {
    NODE_ENV: 'development',
    LOG_FORMAT: 'json',
    HTTP_PUBLIC_URL: url,
    ...caller,
    ...environment,
    DATABASE_URL: database.url,
    ...(database.replicas !== '' && { DATABASE_REPLICAS: database.replicas }),
    HTTP_PORT: publicPort === undefined ? undefined : String(publicPort),
    HTTP_INTERNAL_PORT: String(internalPort),
    ...(nats && { NATS_URL: nats.url, NATS_TRUSTED_KEYS: nats.trustedKeys.join(','), NATS_SEED_FILE: nats.seedFileOf(app) }),
    ...(redisUrl !== undefined && { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redisUrl }),
    ...(redisUrl !== undefined && database.replicas !== '' && { HTTP_FRESHNESS_REDIS_URL: redisUrl }),
  }
}

/** Fails if the caller sets for all processes what the shape decides for each: one of the two would be silently ignored. */
export function refuseContradictions({ tier, servers, processes }: Profile, caller: Environment): void {
  const queue = servers.includes('redis') ? { QUEUE_BACKEND: 'redis' } : {}
  const decided = [queue, ...processes.map(({ environment }) => environment)].flatMap((environment) => Object.entries(environment))
  const contradicted = decided.filter(([variable, value]) => caller[variable] && caller[variable] !== value).map(([variable]) => variable)
  const own = servers.includes('nats') ? ['NATS_SEED', 'NATS_SEED_FILE', 'NATS_TRUSTED_KEYS'].filter((variable) => caller[variable]) : []
  const variables = [...new Set([...contradicted, ...own])]
  if (variables.length > 0)
    throw new Failure(
      `${variables.join(', ')}: the tier ${tier} decides this for each process; leave it unset, or change deploy/tiers/${tier}/profile.json`,
    )
}

/** The first port of a shape, from the caller's option or from the variable that sets it for a single process. */
export function portBaseOf(option: number | undefined, caller: Environment): number | undefined {
  if (option !== undefined) return option
  const given = caller['HTTP_PORT']
  const base = given ? Number(given) : undefined
  const internal = caller['HTTP_INTERNAL_PORT']
  if (internal && Number(internal) !== (base ?? 3_000) + 1)
    throw new Failure(`HTTP_INTERNAL_PORT: the internal ports of a tier follow the public one; say --port-base ${Number(internal) - 1} instead`)
  return base
}

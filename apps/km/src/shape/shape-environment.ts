import type { Environment } from '@kilomega/config'
import { Failure } from '../failure.js'
import type { PlannedProcess } from './plan.js'
import type { Profile } from './profile.js'

/** What all processes of a shape have in common. */
export interface Surroundings {
  /** That of the caller. */
  caller: Environment
  databaseUrl: string
  /** The public address of the API. */
  url: string
  /** Where NATS is and whom to trust there; nothing in a shape without it. */
  nats: { url: string; trustedKeys: string[]; seedFileOf: (app: string) => string } | undefined
  /** Of the queue; nothing in a shape whose jobs wait in PostgreSQL. */
  redisUrl: string | undefined
}

/** The settings of one process: the caller's, over them what the shape has to decide. */
export function environmentOf({ app, publicPort, internalPort, environment }: PlannedProcess, surroundings: Surroundings): Environment {
  const { caller, databaseUrl, url, nats, redisUrl } = surroundings
  return {
    NODE_ENV: 'development',
    LOG_FORMAT: 'json',
    HTTP_PUBLIC_URL: url,
    ...caller,
    ...environment,
    DATABASE_URL: databaseUrl,
    HTTP_PORT: publicPort === undefined ? undefined : String(publicPort),
    HTTP_INTERNAL_PORT: String(internalPort),
    ...(nats && { NATS_URL: nats.url, NATS_TRUSTED_KEYS: nats.trustedKeys.join(','), NATS_SEED_FILE: nats.seedFileOf(app) }),
    ...(redisUrl !== undefined && { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redisUrl }),
  }
}

/** Fails where the caller sets for all processes what the shape decides for each: one of the two would be ignored without a word. */
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

/** Where the ports of a shape begin: as the caller says, by option or by the variable that means the same for one process. */
export function portBaseOf(option: number | undefined, caller: Environment): number | undefined {
  if (option !== undefined) return option
  const given = caller['HTTP_PORT']
  const base = given ? Number(given) : undefined
  const internal = caller['HTTP_INTERNAL_PORT']
  if (internal && Number(internal) !== (base ?? 3_000) + 1)
    throw new Failure(`HTTP_INTERNAL_PORT: the internal ports of a tier follow the public one; say --port-base ${Number(internal) - 1} instead`)
  return base
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../failure.js'
import { root } from '../start/paths.js'

/** Applications that only answer one port each: any number of instances may run. */
export const services = ['search', 'media', 'notifications'] as const
export const applications = ['api', 'worker', ...services] as const
export type Application = (typeof applications)[number]

const Port = z.int().min(1).max(65_535)

const ProfileProcess = z.strictObject({
  /** Names its log, its pid file and its line in `km status`; further instances are called `<name>-2` and so on. */
  name: z.string().regex(/^[a-z]+$/),
  app: z.enum(applications),
  instances: z.int().min(1).max(16).default(1),
  /** The settings that distinguish this process from the others of the shape; everything else is the same for all. */
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).default({}),
  /** The ports of the first instance; a process without routes has no public one. */
  ports: z.strictObject({ public: Port.optional(), internal: Port }),
})
export type ProfileProcess = z.infer<typeof ProfileProcess>

export const Profile = z
  .strictObject({
    tier: z.string(),
    servers: z.array(z.enum(['postgres', 'nats', 'redis'])).min(1),
    /** Streaming replicas of PostgreSQL. */
    replicas: z.int().min(0).max(8).default(0),
    processes: z.array(ProfileProcess).min(1),
  })
  .superRefine((profile, context) => problemsIn(profile).forEach((message) => context.addIssue({ code: 'custom', message })))
export type Profile = z.infer<typeof Profile>

const tiersFolder = join(root, 'deploy/tiers')

/** The tiers that have a profile, smallest first. */
export const tiers = (): string[] =>
  readdirSync(tiersFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => sizeOf(a) - sizeOf(b))

export function readProfile(tier: string): Profile {
  const known = tiers()
  if (!known.includes(tier)) throw new Failure(`There is no tier ${tier}: it is one of ${known.join(', ')}`)
  const file = `deploy/tiers/${tier}/profile.json`
  return parseProfile(readFileSync(join(root, file), 'utf8'), { file, tier })
}

/** Fails with all problems at once, each with its place in the file. */
export function parseProfile(text: string, { file, tier }: { file: string; tier: string }): Profile {
  const { success, data, error } = Profile.safeParse(asJson(text, file))
  if (!success) throw new Failure(`${file} is wrong:\n${error.issues.map(({ path, message }) => `  ${[...path, message].join(' ')}`).join('\n')}`)
  if (data.tier !== tier) throw new Failure(`${file} is wrong:\n  tier ${data.tier} is not the name of its folder`)
  return data
}

function problemsIn({ servers, processes }: Profile): string[] {
  const ports = processes.flatMap(({ ports: { public: open = [], internal } }) => [open, internal].flat())
  const apps: string[] = processes.map(({ app }) => app)
  const remote = [...new Set(processes.flatMap(({ environment }) => environment['REMOTE_PORTS']?.split(',') ?? []))]
  return [
    ...twice(processes.map(({ name }) => name)).map((name) => `the process ${name} is listed twice`),
    ...twice(ports).map((port) => `the port ${port} is listed twice`),
    ...remote.filter((port) => !apps.includes(port)).map((port) => `REMOTE_PORTS names ${port}, which no process answers`),
    ...(processes.some(({ ports: { public: open } }) => open !== undefined) ? [] : ['no process has a public port']),
    ...(remote.length > 0 && !servers.includes('nats') ? ['REMOTE_PORTS needs nats among the servers'] : []),
    ...processes.filter(({ ports: { public: open }, instances }) => open !== undefined && instances > 1).map(onePublicPort),
  ]
}

const onePublicPort = ({ name }: ProfileProcess): string => `${name} has a public port, so there is one of it`

const twice = <T>(values: readonly T[]): T[] => values.filter((value, index) => values.indexOf(value) !== index)

function asJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure(`${file} is not JSON: ${(error as Error).message}`)
  }
}

/** Thousands of users: `500k` is 500 thousand, `1m` a million. */
const sizeOf = (tier: string): number => Number.parseInt(tier, 10) * (tier.endsWith('m') ? 1_000 : 1)

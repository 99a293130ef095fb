import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../../..')

export interface ComposeService {
  image: string
  command: string[]
  profiles?: string[]
  env_file?: string[]
  environment?: Record<string, string>
  ports?: string[]
  secrets?: { source: string; target: string }[]
}

export interface Compose {
  services: Record<string, ComposeService>
  secrets: Record<string, { file: string }>
  configs: Record<string, { file: string }>
}

type Variables = Record<string, string>

/** `docker-compose.yml` as Docker Compose reads it with these variables: with defaults filled in, and only the services of the active profiles. */
export function readCompose(variables: Variables): Compose {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
  const compose = parse(
    text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, other = '') => variables[name] ?? other),
    { merge: true },
  ) as Compose
  const active = variables['COMPOSE_PROFILES']?.split(',') ?? []
  const services = Object.entries(compose.services).filter(([, { profiles }]) => profiles?.some((profile) => active.includes(profile)) ?? true)
  return { ...compose, services: Object.fromEntries(services) }
}

/** Reads a file of `NAME=value` lines and comments. */
export function readVariables(file: string): Variables {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const pairs = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(/=(.*)/s).slice(0, 2))
  return Object.fromEntries(pairs) as Variables
}

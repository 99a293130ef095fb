import { createHash, randomBytes } from 'node:crypto'
import { Secret } from '@kilomega/config'
import { migrate, type MigrateOptions, type SchemaMigrations, withIdentifiers } from '@kilomega/database'
import { Client } from 'pg'

/** Two processes that share a server create a template one after the other. */
const templateLock = 3_141_592_653

/** Creates a database as a copy of a migrated template. The template is created once for each set of migrations. Returns its name. */
export async function cloneDatabase(server: string, modules: readonly SchemaMigrations[], options: MigrateOptions): Promise<string> {
  const template = `template_${hashOf(modules, options)}`
  const clone = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [templateLock])
    if (!(await exists(client, template))) {
      await makeTemplate(client, template, (name) => migrate(new Secret(databaseUrl(server, name)), modules, options))
    }
    await create(client, clone, template)
  })
  return clone
}

export const dropDatabase = (server: string, name: string): Promise<void> =>
  onServer(server, async (client) => {
    await client.query(withIdentifiers('DROP DATABASE %I WITH (FORCE)', name))
  })

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function onServer(server: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(server, 'postgres') })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** The template gets its final name only when it is complete, so a crash leaves no half-made one. */
async function makeTemplate(client: Client, template: string, fill: (name: string) => Promise<unknown>): Promise<void> {
  const unfinished = `${template}_unfinished`
  await client.query(withIdentifiers('DROP DATABASE IF EXISTS %I WITH (FORCE)', unfinished))
  await create(client, unfinished, 'template1')
  await fill(unfinished)
  await client.query(withIdentifiers('ALTER DATABASE %I RENAME TO %I', unfinished, template))
}

async function create(client: Client, name: string, template: string): Promise<void> {
  await client.query(withIdentifiers('CREATE DATABASE %I TEMPLATE %I', name, template))
}

const exists = async (client: Client, name: string): Promise<boolean> =>
  (await client.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 1

function hashOf(modules: readonly SchemaMigrations[], { platform }: MigrateOptions): string {
  const steps = modules.map(({ schema, migrations }) => [schema, platform?.(schema) ?? [], migrations])
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex').slice(0, 16)
}

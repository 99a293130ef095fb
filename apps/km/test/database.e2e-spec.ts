import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { type AuditReport, EmbeddedPostgres } from '@kilomega/database'
import { Client } from 'pg'
import { CommandLine } from './command-line.js'

const modules = ['analytics', 'content', 'identity', 'media', 'notifications', 'search']

describe('The database of all modules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-db-'))
  let postgres: EmbeddedPostgres
  let km: CommandLine

  beforeAll(async () => {
    postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), port: 0, durable: false })
    const unset = { NODE_ENV: undefined, REMOTE_PORTS: undefined, NATS_URL: undefined, QUEUE_BACKEND: undefined, QUEUE_REDIS_URL: undefined }
    km = new CommandLine({ ...processEnvironment(), ...unset, KILOMEGA_FOLDER: folder, DATABASE_URL: postgres.url.reveal() })
  }, 60_000)
  afterAll(async () => {
    await EmbeddedPostgres.remove(postgres.folder)
    rmSync(folder, { recursive: true, force: true })
  })

  async function run(...statements: string[]): Promise<void> {
    const client = new Client({ connectionString: postgres.url.reveal() })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }

  it('is not compared with entities before it is migrated', async () => {
    expect(await km.run('db', 'diff', 'content')).toMatchObject({
      ...{ code: 1, output: '' },
      errors: expect.stringMatching(/The schema content is older than this program \(it lacks \S+\): run km db migrate\n$/) as string,
    })
  })

  it('has no faults after it was migrated', async () => {
    expect(await km.run('db', 'migrate')).toMatchObject({ code: 0, errors: '' })
    const { code, output } = await km.run('db', 'audit', '--json')
    const { groups, skipped } = JSON.parse(output) as AuditReport
    expect({ code, groups }).toEqual({ code: 0, groups: [] })
    // Both need what a new server cannot have: a week of counting, and an extension.
    expect(skipped.map(({ kind }) => kind)).toEqual(['unused-index', 'costly-statement'])
    expect((await km.run('db', 'audit')).output).toMatch(/^Nothing is wrong in this database\n\nNot checked\n/)
  }, 60_000)

  it('is as the entities of a module declare it', async () => {
    const output = 'Nothing to change: the tables of content are as its entities declare them\n'
    expect(await km.run('db', 'diff', 'content')).toEqual({ code: 0, output, errors: '' })
  })

  it('is compared with modules that exist, for a database that answers', async () => {
    expect(await km.run('db', 'diff', 'nope')).toEqual({
      code: 1,
      output: '',
      errors: `There is no module nope: it is one of ${modules.join(', ')}\n`,
    })
    expect(await km.run('db', 'diff', 'content', '--name', 'Wrong')).toMatchObject({ code: 2, output: '' })
    const at = (url: string) => new CommandLine({ ...processEnvironment(), KILOMEGA_FOLDER: folder, DATABASE_URL: url })
    for (const command of [['diff', 'content'], ['audit']]) {
      const [none, wrong] = [await at('postgres://a:b@127.0.0.1:1/c').run('db', ...command), await at('mysql://a:b@c').run('db', ...command)]
      expect([none.code, none.output, wrong.code, wrong.output]).toEqual([1, '', 1, ''])
      expect(none.errors).toMatch(/^The database at 127\.0\.0\.1:1 takes no connection \(.*\): start it, or correct DATABASE_URL\n$/)
      expect(wrong.errors).toMatch(/DATABASE_URL.*a connection string starts with postgres:\/\//s)
    }
  })

  it('is the one that runs in this folder if DATABASE_URL is not set', async () => {
    const here = (place: string) => new CommandLine({ ...processEnvironment(), KILOMEGA_FOLDER: place, DATABASE_URL: undefined })
    const { folder: own } = await EmbeddedPostgres.start({ folder: join(folder, 'own/.kilomega/postgres'), port: 0, durable: false })
    expect(await here(join(folder, 'own')).run('db', 'audit')).toMatchObject({ code: 0, errors: '' })
    await EmbeddedPostgres.remove(own)
    const { code, errors } = await here(join(folder, 'own')).run('db', 'audit')
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/^DATABASE_URL is not set, and no PostgreSQL runs in this folder: /) as string,
    })
  })

  it('that has changed gets the migration which brings it back', async () => {
    await run('DROP TABLE content.post_tag', 'CREATE INDEX post_title ON content.post (title)')
    const { code, output, errors } = await km.run('db', 'diff', 'content', '--name', 'bring-back')
    expect({ code, errors }).toEqual({ code: 1, errors: '' })
    expect(output).toMatch(/^import \{ migration \} from '@kilomega\/database'\n\nexport const bringBack = migration\(\n {2}'\d{12}-bring-back',\n/)
    expect(output).toContain(`  // DROPS an index that no entity declares. To keep it: @Index('post_title', { synchronize: false })\n`)
    const up = output.replace(/^import .*$/m, '').replace(/export const \w+ = migration\('?/, 'return [')
    await run(...(new Function(up.replace(/\)\s*$/, ']'))() as string[]).slice(1))
    expect(await km.run('db', 'diff', 'content')).toMatchObject({ code: 0, errors: '' })
  })

  it('that is spoilt is reported in 80 columns, with the statements that mend it, and the exit code 1', async () => {
    await run('CREATE TABLE content.remark (post_id uuid REFERENCES content.post)')
    const { code, output, errors } = await km.run('db', 'audit')
    expect({ code, errors }).toEqual({ code: 1, errors: '' })
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([])
    const mending = [...output.matchAll(/^ {4}(\S.*);$/gm)].map(([, statement]) => statement!)
    expect(mending).toEqual([
      'CREATE INDEX CONCURRENTLY ON content.remark (post_id)',
      'ALTER TABLE content.remark ADD COLUMN id uuid DEFAULT uuidv7() PRIMARY KEY',
    ])
    await run(mending[0]!)
    expect(await km.run('db', 'audit')).toMatchObject({ code: 0, output: expect.stringMatching(/^1 finding, 0 of them harmful/) as string })
    await run(mending[1]!)
    expect(await km.run('db', 'audit')).toMatchObject({ code: 0, output: expect.stringMatching(/^Nothing is wrong/) as string })
  })
})

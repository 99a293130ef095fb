import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import type { PlannedStep } from '@kilomega/database'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { CommandLine } from './command-line.js'

describe('km db migrate --plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-plan-'))
  let database: TestDatabase
  let km: CommandLine

  beforeAll(async () => {
    database = await openDatabase({ schema: 'test', migrations: [] })
    km = new CommandLine({ ...processEnvironment(), NODE_ENV: undefined, NATS_URL: undefined, KILOMEGA_FOLDER: folder, DATABASE_URL: database.url })
  }, 60_000)
  afterAll(async () => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const rows = (sql: string): Promise<unknown[]> => database.database.write((transaction) => transaction.query(sql))

  it('shows the steps of a new database, and leaves it empty', async () => {
    const { code, output } = await km.run('db', 'migrate', '--plan')
    expect(output).toMatch(/^\d+ steps are pending\.\n/)
    expect(output).toMatch(/\n\d+ steps touch no table that exists, and take a moment\.\n/)
    expect(output).not.toContain('EXCLUSIVE │')
    expect(code).toBe(0)
    expect(await rows(`SELECT nspname FROM pg_namespace WHERE nspname = 'content'`)).toEqual([])
  }, 60_000)

  it('is followed by km db migrate, which names each step when it is done, and after which nothing is pending', async () => {
    const { code, output } = await km.run('db', 'migrate')
    expect({ code, lines: output.split('\n') }).toMatchObject({
      code: 0,
      lines: expect.arrayContaining(['content: 202611240100-create-posts']) as string[],
    })
    expect((await km.run('db', 'migrate', '--plan')).output).toBe('The database is up to date: there is nothing to do.\n')
    expect((await km.run('db', 'migrate', '--plan', '--json')).output).toBe('[]\n')
  }, 60_000)

  it('shows the lock, the table and its size of a step that is pending', async () => {
    await rows(`DROP INDEX content.post_removed_of_author`)
    await rows(`DELETE FROM content.migration WHERE name = '202611291310-index-removed-of-author'`)
    const { output } = await km.run('db', 'migrate', '--plan')
    expect(output).toContain('1 step is pending.\n\ncontent: 202611291310-index-removed-of-author\n')
    for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    const [step] = JSON.parse((await km.run('db', 'migrate', '--plan', '--json')).output) as PlannedStep[]
    expect(step!.locks).toMatchObject([{ what: 'CREATE INDEX', table: 'content.post', lock: 'SHARE', holdsUp: 'writers', work: 'index' }])
  }, 60_000)

  it('says what is missing', async () => {
    expect((await km.run('db', 'migrate', '--json')).errors).toContain('--json prints the plan: add --plan')
    const without = new CommandLine({ ...processEnvironment(), KILOMEGA_FOLDER: folder, DATABASE_URL: undefined })
    expect((await without.run('db', 'migrate', '--plan')).errors).toContain('DATABASE_URL is not set: say which database')
  }, 60_000)
})

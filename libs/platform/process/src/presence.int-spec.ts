import { HealthBoard, StopBudget } from '@kilomega/observability'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { Presence } from './presence.js'
import { presenceMigrations } from './presence.migrations.js'

const setSilent = `UPDATE platform.process SET seen_at = now() - $2 * interval '1 second', started_at = now() - interval '1 hour' WHERE name = $1`
const insertKilled = `INSERT INTO platform.process (id, name, host, pid, started_at, seen_at)
  VALUES (uuidv7(), 'worker', 'ship', 42, now() - interval '1 hour', now() - $1 * interval '1 second')`

describe('The processes of a system', () => {
  let opened: TestDatabase
  const started: Presence[] = []
  beforeEach(async () => {
    opened = await openDatabase({ schema: 'platform', migrations: presenceMigrations })
  })
  afterEach(async () => {
    await Promise.all(started.splice(0).map((presence) => presence.beforeApplicationShutdown()))
    await opened.close()
  })

  const write = (sql: string, values: unknown[]) => opened.database.write((transaction) => transaction.query(sql, values))
  const names = async () =>
    (await opened.database.read((all) => all.query<{ name: string }>('SELECT name FROM platform.process ORDER BY name'))).map(({ name }) => name)
  async function start(name: string) {
    const health = new HealthBoard()
    const presence = new Presence(opened.databases, health, opened.signals, new StopBudget(opened.signals))
    started.push(presence)
    await presence.start(name, [])
    await eventually(async () => expect(await names()).toContain(name))
    return { presence, health }
  }

  it('are known while they run, and one that stops cleanly is removed', async () => {
    const [{ health }, { presence }] = [await start('api'), await start('worker')]
    expect(await names()).toEqual(['api', 'worker'])
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'processes', up: true }] })
    await presence.beforeApplicationShutdown()
    expect(await names()).toEqual(['api'])
    expect(await presence.missing()).toEqual([])
  })

  it('report one that was killed within 10 s, and stay ready', async () => {
    await write(insertKilled, [9])
    const { health } = await start('api')
    const problem = expect.stringMatching(/^worker \(process 42 on ship\) was last seen 9 s ago$/) as string
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'processes', up: false, problem }] })
  })

  it('do not report one that has been replaced or has been gone for long', async () => {
    await write(insertKilled, [9])
    await write(insertKilled, [3_600])
    const { presence } = await start('api')
    expect(await presence.missing()).toMatchObject([{ name: 'worker', silentS: 9 }])
    await start('worker')
    await eventually(async () => expect(await presence.missing()).toEqual([]))
  })

  it('report one that hangs, until it continues', async () => {
    const { presence } = await start('api')
    await write(setSilent, ['api', 20])
    expect(await presence.missing()).toMatchObject([{ name: 'api', silentS: 20 }])
    await eventually(async () => expect(await presence.missing()).toEqual([]), 10_000)
  })
})

import { HealthBoard, StopBudget } from '@kilomega/observability'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { Presence } from './presence.js'
import { presenceMigrations } from './presence.migrations.js'

const silence = `UPDATE platform.process SET seen_at = now() - $2 * interval '1 second', started_at = now() - interval '1 hour' WHERE name = $1`
const kill = `INSERT INTO platform.process (id, name, host, pid, started_at, seen_at)
  VALUES (uuidv7(), 'worker', 'ship', 42, now() - interval '1 hour', now() - $1 * interval '1 second')`

describe('The processes of a system', () => {
  let opened: TestDatabase
  const begun: Presence[] = []
  beforeEach(async () => {
    opened = await openDatabase({ schema: 'platform', migrations: presenceMigrations })
  })
  afterEach(async () => {
    await Promise.all(begun.splice(0).map((presence) => presence.beforeApplicationShutdown()))
    await opened.close()
  })

  const write = (sql: string, values: unknown[]) => opened.database.write((transaction) => transaction.query(sql, values))
  const names = async () =>
    (await opened.database.read((all) => all.query<{ name: string }>('SELECT name FROM platform.process ORDER BY name'))).map(({ name }) => name)
  async function begin(name: string) {
    const health = new HealthBoard()
    const presence = new Presence(opened.databases, health, opened.signals, new StopBudget(opened.signals))
    begun.push(presence)
    await presence.begin(name, [])
    await eventually(async () => expect(await names()).toContain(name))
    return { presence, health }
  }

  it('are known while they are there, and one that stops in order takes leave', async () => {
    const [{ health }, { presence }] = [await begin('api'), await begin('worker')]
    expect(await names()).toEqual(['api', 'worker'])
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'processes', up: true }] })
    await presence.beforeApplicationShutdown()
    expect(await names()).toEqual(['api'])
    expect(await presence.missing()).toEqual([])
  })

  it('miss one that was killed within 10 s, and are no less ready for it', async () => {
    await write(kill, [9])
    const { health } = await begin('api')
    const problem = expect.stringMatching(/^worker \(process 42 on ship\) was last seen 9 s ago$/) as string
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'processes', up: false, problem }] })
  })

  it('miss nobody who has been replaced, or is gone for long', async () => {
    await write(kill, [9])
    await write(kill, [3_600])
    const { presence } = await begin('api')
    expect(await presence.missing()).toMatchObject([{ name: 'worker', silentS: 9 }])
    await begin('worker')
    await eventually(async () => expect(await presence.missing()).toEqual([]))
  })

  it('miss one that hangs, until it goes on', async () => {
    const { presence } = await begin('api')
    await write(silence, ['api', 20])
    expect(await presence.missing()).toMatchObject([{ name: 'api', silentS: 20 }])
    await eventually(async () => expect(await presence.missing()).toEqual([]), 10_000)
  })
})

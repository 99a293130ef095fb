import { ledgerMigrations, Ledgers } from '@kilomega/messaging'
import { HealthBoard, StopBudget } from '@kilomega/observability'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { Presence } from './presence.js'
import { presenceMigrations } from './presence.migrations.js'
import { Unhandled } from './unhandled.js'

const register = 'INSERT INTO harbour.subscriber (event_name, name) VALUES ($1, $2)'
const olderVersion = `INSERT INTO platform.process (id, name, host, pid) VALUES (uuidv7(), 'worker', 'ship', 42)`
const killed = `UPDATE platform.process SET seen_at = now() - interval '8 seconds' WHERE name = 'worker'`

const mail = 'queue:harbour.send-mail'
const insurer = 'insurer.pay:harbour.ship-sank'

describe('What no process handles', () => {
  let opened: TestDatabase
  let health: HealthBoard
  let unhandled: Unhandled
  const begun: Presence[] = []
  beforeEach(async () => {
    opened = await openDatabase({
      modules: [
        { schema: 'platform', migrations: presenceMigrations },
        { schema: 'harbour', migrations: [] },
      ],
      platform: (schema) => (schema === 'platform' ? [] : ledgerMigrations(schema)),
    })
    for (const [event, name] of [
      ['job:harbour.send-mail', mail],
      ['harbour.ship-sank', insurer],
    ])
      await write(register, [event, name])
    health = new HealthBoard()
    unhandled = new Unhandled(opened.databases, new Ledgers(opened.databases), health, opened.signals)
  })
  afterEach(async () => {
    unhandled.beforeApplicationShutdown()
    await Promise.all(begun.splice(0).map((presence) => presence.beforeApplicationShutdown()))
    await opened.close()
  })

  const write = (sql: string, values: unknown[] = []) => opened.database.write((transaction) => transaction.query(sql, values))
  async function begin(name: string, ...handles: string[]): Promise<Presence> {
    const presence = new Presence(opened.databases, new HealthBoard(), opened.signals, new StopBudget(opened.signals))
    begun.push(presence)
    await presence.start(name, handles)
    await eventually(async () =>
      expect(await opened.database.read((all) => all.query('SELECT FROM platform.process WHERE name = $1', [name]))).toHaveLength(1),
    )
    return presence
  }

  it('is nothing where each name has a process that has it', async () => {
    await begin('api', insurer)
    await begin('worker', mail)
    expect(await unhandled.names()).toEqual([])
  })

  it('is named by a check and a signal, and the process is ready all the same', async () => {
    await begin('api', insurer)
    unhandled.watch(1)
    const emitted = () => opened.signals.emitted.filter(({ name }) => name === 'process.unhandled')
    await eventually(() => expect(emitted()).toMatchObject([{ fields: { names: mail } }]))
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'handlers', up: false, problem: `no process handles: ${mail}` }] })
  })

  it('is no news while the other processes of a shape begin', async () => {
    await begin('api', insurer)
    unhandled.watch()
    expect(await unhandled.names()).toEqual([mail])
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'handlers', up: true }] })
  })

  it('is what a killed process had, until another one has it', async () => {
    await begin('api', insurer)
    const worker = await begin('worker', mail)
    await worker.beforeApplicationShutdown()
    expect(await unhandled.names()).toEqual([mail])
    await begin('worker-2', mail)
    expect(await unhandled.names()).toEqual([])
  })

  it('is not known while a process of a version before this one is there', async () => {
    await begin('api', insurer)
    await write(olderVersion)
    expect(await unhandled.names()).toEqual([])
    await write(killed)
    expect(await unhandled.names()).toEqual([mail])
  })
})

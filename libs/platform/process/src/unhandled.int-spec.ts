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

describe('A subscriber or kind of job that no process handles', () => {
  let opened: TestDatabase
  let health: HealthBoard
  let unhandled: Unhandled
  const started: Presence[] = []
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
    await Promise.all(started.splice(0).map((presence) => presence.beforeApplicationShutdown()))
    await opened.close()
  })

  const write = (sql: string, values: unknown[] = []) => opened.database.write((transaction) => transaction.query(sql, values))
  async function startProcess(name: string, ...handles: string[]): Promise<Presence> {
    const presence = new Presence(opened.databases, new HealthBoard(), opened.signals, new StopBudget(opened.signals))
    started.push(presence)
    await presence.start(name, handles)
    await eventually(async () =>
      expect(await opened.database.read((all) => all.query('SELECT FROM platform.process WHERE name = $1', [name]))).toHaveLength(1),
    )
    return presence
  }

  it('does not exist if every name has a process that handles it', async () => {
    await startProcess('api', insurer)
    await startProcess('worker', mail)
    expect(await unhandled.names()).toEqual([])
  })

  it('is reported by a check and a signal, and the process is still ready', async () => {
    await startProcess('api', insurer)
    unhandled.watch(1)
    const emitted = () => opened.signals.emitted.filter(({ name }) => name === 'process.unhandled')
    await eventually(() => expect(emitted()).toMatchObject([{ fields: { names: mail } }]))
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'handlers', up: false, problem: `no process handles: ${mail}` }] })
  })

  it('is not reported while the other processes of a shape are starting', async () => {
    await startProcess('api', insurer)
    unhandled.watch()
    expect(await unhandled.names()).toEqual([mail])
    expect(await health.report()).toMatchObject({ ready: true, checks: [{ name: 'handlers', up: true }] })
  })

  it('is one that a stopped process handled, until another process handles it', async () => {
    await startProcess('api', insurer)
    const worker = await startProcess('worker', mail)
    await worker.beforeApplicationShutdown()
    expect(await unhandled.names()).toEqual([mail])
    await startProcess('worker-2', mail)
    expect(await unhandled.names()).toEqual([])
  })

  it('is not reported while a process of an older version is running', async () => {
    await startProcess('api', insurer)
    await write(olderVersion)
    expect(await unhandled.names()).toEqual([])
    await write(killed)
    expect(await unhandled.names()).toEqual([mail])
  })
})

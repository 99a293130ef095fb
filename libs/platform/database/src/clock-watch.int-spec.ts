import { HealthBoard } from '@kilomega/observability'
import { Clock } from '@kilomega/ports'
import { newFolder, type OpenedDatabases, openDatabases, startServer } from '../test/server.js'
import { ClockWatch } from './clock-watch.js'
import { AnchoredClock } from './database-clock.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'

/** The machine's clock, and what it is wrong by. */
class WrongClock extends Clock {
  wrongByMs = 0

  now(): Date {
    return new Date(Date.now() + this.wrongByMs)
  }
}

const weeksMs = 21 * 86_400_000

describe('the clock of a process beside that of the database', () => {
  let folder = newFolder()
  let server: EmbeddedPostgres
  let opened: OpenedDatabases
  let database: AnchoredClock
  let own: WrongClock

  beforeAll(async () => {
    ;({ folder, server } = await startServer())
    opened = await openDatabases(server)
  })
  afterAll(async () => {
    await opened.databases.close()
    await EmbeddedPostgres.remove(folder)
  })
  beforeEach(() => {
    database = new AnchoredClock(opened.databases.of('platform'))
    own = new WrongClock()
    opened.signals.heard.length = 0
  })

  /** What the process says at its start, and what its health says then. */
  async function begun() {
    const health = new HealthBoard()
    const watch = new ClockWatch({ own, database, signals: opened.signals })
    await watch.start(health)
    watch.stop()
    const { ready, checks } = await health.report()
    return { ready, check: checks.find(({ name }) => name === 'clock')!, said: opened.signals.of('clock.apart') }
  }

  it('is silent where both say the same, and up to 5 s apart', async () => {
    own.wrongByMs = -4_500
    expect(await begun()).toMatchObject({ ready: true, check: { up: true }, said: [] })
  })

  it.each([
    ['ahead of', weeksMs],
    ['behind', -6_000],
  ])('is told where it is %s the database: both clocks, the difference, and whose it is', async (how, wrongByMs) => {
    own.wrongByMs = wrongByMs
    const { ready, check, said } = await begun()
    expect(said).toHaveLength(1)
    const [{ process: who, here, there, differenceMs } = {}] = said
    expect(who).toContain(`process ${process.pid} on `)
    expect(Math.abs(Date.parse(here as string) - Date.parse(there as string) - wrongByMs)).toBeLessThan(1_000)
    expect(Math.abs((differenceMs as number) - wrongByMs)).toBeLessThan(1_000)
    expect({ ready, up: check.up }).toEqual({ ready: true, up: false })
    expect(check.problem).toMatch(
      new RegExp(`^the clock of process ${process.pid} on .+ is \\d+ s ${how} that of the database: 20.+Z here, 20.+Z there$`),
    )
  })

  it('does not move that of the database as this process knows it', async () => {
    await database.anchor()
    const before = database.nowMs()
    own.wrongByMs = weeksMs
    await database.anchor()
    expect(database.nowMs() - before).toBeLessThan(10_000)
    expect(Math.abs(database.now().getTime() - Date.now())).toBeLessThan(1_000)
  })
})

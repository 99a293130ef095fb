import { HealthBoard } from '@kilomega/observability'
import { Clock } from '@kilomega/ports'
import { newFolder, type OpenedDatabases, openDatabases, startServer } from '../test/server.js'
import { ClockWatch } from './clock-watch.js'
import { AnchoredClock } from './database-clock.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'

/** The machine's clock, off by a given time. */
class WrongClock extends Clock {
  wrongByMs = 0

  now(): Date {
    return new Date(Date.now() + this.wrongByMs)
  }
}

const weeksMs = 21 * 86_400_000

describe("the clock of a process compared with the database's", () => {
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
    opened.signals.recorded.length = 0
  })

  /** What the process reports when it starts, and what its health check says then. */
  async function started() {
    const health = new HealthBoard()
    const watch = new ClockWatch({ own, database, signals: opened.signals })
    await watch.start(health)
    watch.stop()
    const { ready, checks } = await health.report()
    return { ready, check: checks.find(({ name }) => name === 'clock')!, emitted: opened.signals.of('clock.apart') }
  }

  it('is not reported while both agree to within 5 s', async () => {
    own.wrongByMs = -4_500
    expect(await started()).toMatchObject({ ready: true, check: { up: true }, emitted: [] })
  })

  it.each([
    ['ahead of', weeksMs],
    ['behind', -6_000],
  ])('is reported when it is %s the database: both clocks, the difference, and the process', async (how, wrongByMs) => {
    own.wrongByMs = wrongByMs
    const { ready, check, emitted } = await started()
    expect(emitted).toHaveLength(1)
    const [{ process: who, here, there, differenceMs } = {}] = emitted
    expect(who).toContain(`process ${process.pid} on `)
    expect(Math.abs(Date.parse(here as string) - Date.parse(there as string) - wrongByMs)).toBeLessThan(1_000)
    expect(Math.abs((differenceMs as number) - wrongByMs)).toBeLessThan(1_000)
    expect({ ready, up: check.up }).toEqual({ ready: true, up: false })
    expect(check.problem).toMatch(
      new RegExp(`^the clock of process ${process.pid} on .+ is \\d+ s ${how} that of the database: 20.+Z here, 20.+Z there$`),
    )
  })

  it('does not move the database time kept by this process', async () => {
    await database.anchor()
    const before = database.nowMs()
    own.wrongByMs = weeksMs
    await database.anchor()
    expect(database.nowMs() - before).toBeLessThan(10_000)
    expect(Math.abs(database.now().getTime() - Date.now())).toBeLessThan(1_000)
  })
})

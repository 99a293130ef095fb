import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describeWithOwnNats, eventually } from '@kilomega/testing'
import { AppProcess } from '../app-process.js'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { type Figures, holds } from './ledger.js'
import { metricSum } from './metric-sum.js'
import { OldStatements } from './old-statements.js'

const budgetMs = 500
/** The full form checks the promised limit; the short one leaves room for a busy machine. */
const answeredWithinMs = byForm(1_500, 600)
const oldestStatementMs = 1_000
const atOnce = 20
const rounds = byForm(4, 50)
/** The lock is held by an idle transaction, which may last up to 10 s. */
const lockedRounds = byForm(4, 10)
const clientDeadlineMs = 10_000
const lock = 'LOCK TABLE search.document IN ACCESS EXCLUSIVE MODE'

interface Answer {
  status: number
  code: string | undefined
  tookMs: number
}

describeWithOwnNats('R33: a request has a budget of 500 ms, whatever hangs behind the API', () => {
  let fleet: Fleet
  let service: AppProcess
  /** Another API, whose requests can wait for a service that has a backlog to read when it resumes. */
  let patientApi: AppProcess
  beforeAll(async () => {
    fleet = await Fleet.open({ apis: 1, remote: ['search'], instances: 1, settings: { HTTP_BUDGET_MS: String(budgetMs) } })
    service = fleet.services.processes[0]!
    patientApi = await AppProcess.start('api', fleet.folder, { ...fleet.services.environmentOf('api', ['search']), HTTP_BUDGET_MS: '15000' })
    for (let round = 0; round < 3; round += 1) await searchAtOnce()
  }, 120_000)
  afterAll(async () => {
    await patientApi?.kill()
    await fleet?.close()
  })

  async function search({ publicUrl } = fleet.apis[0]!): Promise<Answer> {
    const beganMs = performance.now()
    const response = await fetch(new URL('/v1/search?q=ship', publicUrl), { signal: AbortSignal.timeout(clientDeadlineMs) })
    const { code } = (await response.json()) as { code?: string }
    return { status: response.status, code, tookMs: performance.now() - beganMs }
  }
  const searchAtOnce = () => Promise.all(Array.from({ length: atOnce }, () => search()))

  const isOverdue = ({ status, code }: Answer): boolean => status === 504 && code === 'DEADLINE_EXCEEDED'
  /** Statements that wait for a lock fill all slots of their kind: a request that gets none is refused before its time has run out. */
  const hasNoSlot = ({ status, code }: Answer): boolean => status === 503 && code === 'POOL_SATURATED'

  /** Searches while something hangs, and observes the statements in Postgres meanwhile. */
  async function searchWhileHung(rounds: number, figures: Figures, isRefusal = isOverdue): Promise<void> {
    const statements = new OldStatements(fleet)
    const answers: Answer[] = []
    const heldUp = monitorEventLoopDelay()
    heldUp.enable()
    for (let round = 0; round < rounds; round += 1) answers.push(...(await searchAtOnce()))
    const { oldest, looks } = await statements.stop()
    figures.accepted = answers.filter(({ status }) => status === 200).length
    figures.faultsHit = answers.filter(({ code }) => code === 'DEADLINE_EXCEEDED').length
    figures.p99Ms = answers.map(({ tookMs }) => tookMs).sort((a, b) => b - a)[Math.floor(answers.length / 100)]!
    expect(answers.filter((answer) => !isRefusal(answer))).toEqual([])
    // Delays of this test process, caused by other work on the machine, do not count against the API.
    const heldUpMs = heldUp.max / 1e6
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThanOrEqual(answeredWithinMs + heldUpMs)
    expect(oldest.ageMs > oldestStatementMs ? oldest : undefined).toBeUndefined()
    expect(looks).toBeGreaterThan(rounds)
  }

  const finds = () => metricSum(service, 'port_call_duration_ms_count', { port: 'search', operation: 'find' })

  holds('R33', 'the service is paused: requests end in time, and when it resumes it does nothing for those that have ended', async (figures) => {
    const findsBefore = await finds()
    service.pause()
    await searchWhileHung(rounds, figures).finally(() => service.resume())

    // Answered after all requests that were waiting. Data that waited in the service's socket flows again at TCP's next probe. A search that is not answered
    // within a second is sent again, and the first one may still run.
    const resumedMs = performance.now()
    let asked = 0
    await eventually(async () => {
      asked += 1
      expect((await search(patientApi)).status).toBe(200)
    }, 60_000)
    figures.recoveryMs = performance.now() - resumedMs
    figures.effects = Math.max(0, (await finds()) - findsBefore - asked)
    expect(figures.effects).toBe(0)
  })

  holds('R33', 'statements wait for a lock: requests end in time, and so do the statements', async (figures) => {
    const waiting = `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'search.document'::regclass`
    await fleet.database.database.write(async (transaction) => {
      await transaction.query(lock)
      await searchWhileHung(lockedRounds, figures, (answer) => isOverdue(answer) || hasNoSlot(answer))
      await eventually(async () => (await fleet.count(waiting)) === 0)
    })
    expect((await search(patientApi)).status).toBe(200)
  })
})

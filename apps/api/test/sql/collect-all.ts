import { eventually } from '@kilomega/testing'
import { handlersOf } from '@kilomega/queue'
import { hearingsOf, LocalModules, subscriberName } from '@kilomega/messaging'
import { everyRoute, measure } from '../costs/measure.js'
import { SeededApi } from '../costs/seeded-api.js'
import { type LoggedStatement, StatementLog } from '../costs/statement-log.js'
import { mailWithoutToken } from './mail-without-token.js'
import { runSchedules } from './run-schedules.js'

export interface Everything {
  statements: readonly LoggedStatement[]
  modules: readonly string[]
  /** Operations of ports, jobs and subscribers, by module, that the code declares. */
  declared: ReadonlyMap<string, readonly string[]>
  /** Operations that were called. */
  called: ReadonlySet<string>
}

/** Asks every route, lets jobs and subscribers do what follows, runs every schedule, and returns the statements of all that. */
export async function collectAll(): Promise<Everything> {
  const log = new StatementLog()
  const world = await SeededApi.open()
  try {
    await measure(world, everyRoute)
    await eventually(async () => expect(await world.undelivered()).toBe(0), 30_000)
    await mailWithoutToken(world)
    await runSchedules(world.api)
    const { implementations } = world.api.instance(LocalModules)
    const declared = implementations.map(({ name, port, jobs, hears }): [string, string[]] => [
      name,
      [
        ...Object.keys(port.operations).map((operation) => `${name}.${operation}`),
        ...jobs.flatMap(handlersOf).map(({ job }) => `job ${job.jobName}`),
        ...hears.flatMap(hearingsOf).map((hearing) => `event ${subscriberName(name, hearing)}`),
      ],
    ])
    const names = implementations.map(({ name }) => name).sort()
    return { statements: log.statements, modules: names, declared: new Map(declared), called: world.api.portsCalled() }
  } finally {
    await world.close()
    log.close()
  }
}

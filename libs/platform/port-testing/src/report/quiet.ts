import { inSchema } from '@kilomega/messaging'
import { eventually } from '@kilomega/testing'
import type { ReportWorld } from './report-world.js'

/** Work that the module still has to do: its own events, and jobs on their way to the queue and in it. Scheduled jobs do not count: they wait as `delayed`. */
const unfinished = `
  SELECT (SELECT count(*) FROM {schema}.delivery)::int + (SELECT count(*) FROM bullmq.job WHERE state IN ('waiting', 'active'))::int AS count`

const withinMs = 30_000

/** Resolves when the work that a command has started is done, so that the next call finds the same state in every world. */
export const quiet = (worlds: readonly ReportWorld[], schema: string): Promise<unknown> =>
  Promise.all(
    worlds.map(({ database }) =>
      eventually(async () => {
        const [row] = await database.database.read((queryable) => queryable.query<{ count: number }>(inSchema(unfinished, schema)))
        return row!.count === 0
      }, withinMs),
    ),
  )

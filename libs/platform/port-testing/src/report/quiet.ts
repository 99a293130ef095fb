import { inSchema } from '@kilomega/messaging'
import { eventually } from '@kilomega/testing'
import type { ReportWorld } from './report-world.js'

/** What the module still has to hear from itself or to do: jobs on their way to the queue and in it. Those of a schedule wait as `delayed`, and what is due minutes later is not awaited. */
const unfinished = `
  SELECT (SELECT count(*) FROM {schema}.delivery WHERE due_at < now() + interval '2 minutes')::int + (SELECT count(*) FROM bullmq.job WHERE state IN ('waiting', 'active'))::int AS count`

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

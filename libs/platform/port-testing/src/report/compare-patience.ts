import { isDeepStrictEqual } from 'node:util'
import { type AnyPort, Cancellation, CurrentCall, runCall } from '@kilomega/ports'
import { Client } from 'pg'
import { type CallOutcome, outcomeOf, settled } from '../generated/call-outcome.js'
import type { GeneratedCall } from '../generated/generated-calls.js'
import type { Difference } from './compare-calls.js'
import type { ReportWorld } from './report-world.js'
import { withoutNow } from './without-now.js'

const shortMs = 60

const tables = `
  SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables WHERE schemaname = $1`

/**
 * Compares the outcomes for callers that have no time left, that run out of time, and that give up, while every table of the module is locked: nothing can be
 * answered, so only the caller ends a call.
 */
export async function comparePatience(
  port: AnyPort,
  worlds: readonly ReportWorld[],
  calls: readonly GeneratedCall[],
): Promise<{ calls: number; differences: Difference[] }> {
  const differences: Difference[] = []
  for (const call of calls) {
    for (const [what, ask] of Object.entries(ends)) {
      const [local, remote] = (await Promise.all(worlds.map((world) => whileLocked(world, port.portName, () => ask(world, call))))) as [
        CallOutcome,
        CallOutcome,
      ]
      const { key: _, ...shown } = call
      if (!isDeepStrictEqual(withoutNow(local), withoutNow(remote))) differences.push({ what, call: shown, local, remote })
    }
  }
  return { calls: calls.length * Object.keys(ends).length, differences }
}

const ends: Record<string, (world: ReportWorld, call: GeneratedCall) => Promise<CallOutcome>> = {
  'no time left': (world, call) => outcomeOf(world.port as object, call, { deadlineMs: performance.now() - 1 }),
  'time runs out': (world, call) => outcomeOf(world.port as object, call, { deadlineMs: performance.now() + shortMs }),
  'caller gives up': cancelled,
}

function cancelled(world: ReportWorld, { operation, actor, input, key }: GeneratedCall): Promise<CallOutcome> {
  const cancellation = new Cancellation()
  setTimeout(() => cancellation.cancel(), shortMs)
  const call = new CurrentCall({ actor, trace: { requestId: key }, key, cancellation })
  return settled(runCall(call, () => (world.port as Record<string, (input: unknown) => Promise<unknown>>)[operation]!(input)))
}

async function whileLocked<T>({ database }: ReportWorld, schema: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ names: string }>(tables, [schema])
    await client.query('BEGIN')
    await client.query('LOCK TABLE '.concat(rows[0]!.names, ' IN ACCESS EXCLUSIVE MODE'))
    return await work()
  } finally {
    await client.end()
  }
}

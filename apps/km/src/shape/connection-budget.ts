import { Secret } from '@kilomega/config'
import { withLoneConnection } from '@kilomega/database'
import { Failure } from '../failure.js'

/** Reserved for superusers (3 by default), `psql`, a migration and a backup. */
const reserved = 10

export interface ProcessConnections {
  name: string
  /** The maximum that the process reported when it was ready. */
  connections: number
}

/** Fails if all processes together may open more connections than the server accepts: under load the last ones would be refused. */
export async function checkConnections(databaseUrl: string, processes: readonly ProcessConnections[]): Promise<void> {
  const problem = budgetProblem(processes, await maxConnections(databaseUrl))
  if (problem !== undefined) throw new Failure(problem)
}

export function budgetProblem(processes: readonly ProcessConnections[], max: number): string | undefined {
  const sum = processes.reduce((total, { connections }) => total + connections, 0)
  if (sum <= max - reserved) return undefined
  const shares = processes.map(({ name, connections }) => `${name} ${connections}`).join(', ')
  return (
    `The processes may open ${sum} connections to PostgreSQL together, which takes ${max} and of them ${reserved} for others (${shares}): ` +
    `run fewer instances, or set DATABASE_POOL_SIZE and QUEUE_POOL_SIZE lower in the tier's profile`
  )
}

const maxConnections = (databaseUrl: string): Promise<number> =>
  withLoneConnection(new Secret(databaseUrl), async (client) => {
    const { rows } = await client.query<{ max: number }>("SELECT current_setting('max_connections')::int AS max")
    return rows[0]!.max
  })

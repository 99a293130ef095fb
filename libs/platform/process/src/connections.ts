import { DatabaseConfig } from '@kilomega/database'
import { QueueConfig, handlersOf } from '@kilomega/queue'
import type { LoadedApp } from './loaded-app.js'

/** One listens to broadcasts, one asks for the plans of slow statements, one whether the server answers. */
const besidesPools = 3

/** Connections that a process opens to Postgres at most. The sum over all processes stays below `max_connections` of the server. */
export function connectionsOf({ values, implementations }: LoadedApp): number {
  const { backend, workers, poolSize } = values.get(QueueConfig)
  const kindsOfJobs = implementations.flatMap(({ jobs }) => jobs.flatMap(handlersOf)).length
  const ofQueue = backend === 'postgres' ? poolSize + (workers ? kindsOfJobs : 0) : 0
  return values.get(DatabaseConfig).poolSize + besidesPools + ofQueue
}

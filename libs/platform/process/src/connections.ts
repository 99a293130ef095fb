import { DatabaseConfig } from '@kilomega/database'
import { QueueConfig, handlersOf } from '@kilomega/queue'
import type { LoadedApp } from './loaded-app.js'

/** One listens to broadcasts, one reads the plans of slow statements, and one checks whether the server answers. */
const besidesPools = 3
/** With replicas, one more asks it for its role and its place in the log. */
const withReplicas = 1

/** The most connections that a process opens to Postgres. The sum over all processes must stay below `max_connections` of the server. */
export function connectionsOf({ values, implementations }: LoadedApp): number {
  const { backend, workers, poolSize } = values.get(QueueConfig)
  const kindsOfJobs = implementations.flatMap(({ jobs }) => jobs.flatMap(handlersOf)).length
  const ofQueue = backend === 'postgres' ? poolSize + (workers ? kindsOfJobs : 0) : 0
  const { poolSize: ofDatabase, replicas } = values.get(DatabaseConfig)
  return ofDatabase + besidesPools + (replicas === undefined ? 0 : withReplicas) + ofQueue
}

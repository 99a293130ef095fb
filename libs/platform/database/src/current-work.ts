import { AsyncLocalStorage } from 'node:async_hooks'
import { type CurrentCall, currentCall } from '@kilomega/ports'
import type { EntityManager } from 'typeorm'
import type { EntityClient } from './entity-client.js'

/** A read or a write in progress, for the repositories that are used inside of it. */
export interface Work {
  readonly schema: string
  readonly call: CurrentCall
  readonly client: EntityClient
  readonly manager: EntityManager
}

const storage = new AsyncLocalStorage<Work>()

export const duringWork = <T>(work: Work, run: () => Promise<T>): Promise<T> => storage.run(work, run)

/**
 * The read or write of this module that the running code belongs to. A call of a port that is made inside of it does not belong to it, because elsewhere that
 * call is answered by another process.
 */
export function currentWork(schema: string): Work | undefined {
  const work = storage.getStore()
  return work?.schema === schema && work.call === currentCall() ? work : undefined
}

import type { Connection } from '../api/connection.js'

/** How far a subscriber is behind; `queue:<job>` is a kind of job. */
export interface Lag {
  schema: string
  subscriber: string
  backlog: number
  oldestMs: number
  dead: number
}

export async function readLags({ internal, operator }: Connection): Promise<Lag[]> {
  const { body } = await internal.require({ method: 'GET', path: '/operations/lags', token: await operator() })
  return (body as { items: Lag[] }).items
}

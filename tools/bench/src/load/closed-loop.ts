import type { HttpConnection } from './http-connection.js'

/** Each connection sends its next request as soon as it has an answer: for capacity and CPU, not for latency under a load that does not wait. */
export async function closedLoop(connections: HttpConnection[], request: Buffer, durationMs: number): Promise<number[]> {
  const latenciesUs: number[] = []
  const endsAt = performance.now() + durationMs
  const asked = (connection: HttpConnection): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0
      const next = (): void => {
        sentAt = performance.now()
        if (sentAt >= endsAt) resolve()
        else connection.ask(request, took)
      }
      const took = (error?: Error): void => {
        if (error !== undefined) return reject(error)
        latenciesUs.push((performance.now() - sentAt) * 1_000)
        next()
      }
      next()
    })
  await Promise.all(connections.map(asked))
  return latenciesUs
}

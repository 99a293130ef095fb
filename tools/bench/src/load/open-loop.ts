import { setTimeout as wait } from 'node:timers/promises'
import type { HttpConnection } from './http-connection.js'

/** Sends at fixed times, and measures from when a request was due: the wait of a visitor who does not know that the server is busy. */
export async function openLoop(connections: HttpConnection[], request: Buffer, { durationMs, perSecond }: { durationMs: number; perSecond: number }) {
  const latenciesUs: number[] = []
  const idle = [...connections]
  const dueTimes: number[] = []
  const total = Math.floor((durationMs / 1_000) * perSecond)
  const startedAt = performance.now()
  let failure: Error | undefined
  const begin = (): void => {
    while (idle.length > 0 && dueTimes.length > 0) send(idle.pop()!, dueTimes.shift()!)
  }
  const send = (connection: HttpConnection, dueAt: number): void =>
    connection.ask(request, (error) => {
      failure ??= error
      latenciesUs.push((performance.now() - dueAt) * 1_000)
      idle.push(connection)
      begin()
    })
  for (let sent = 0; sent < total; sent += 1) {
    const early = startedAt + (sent * 1_000) / perSecond - performance.now()
    if (early > 0) await wait(early)
    // Our own timer may be up to 1 ms late, which is not the server's delay.
    dueTimes.push(performance.now())
    begin()
  }
  while (latenciesUs.length < total && failure === undefined) await wait(5)
  if (failure !== undefined) throw failure
  return latenciesUs
}

import { isPostgres } from './paths.js'

/** The API first, because it accepts requests; then the services that it calls; then the servers that all of them need. */
const rankOf = (name: string): number => (isPostgres(name) ? 3 : ({ api: 0, nats: 2, redis: 2 }[name] ?? 1))

/** In the order in which they are to be stopped. */
export const inStopOrder = <T extends { name: string }>(processes: readonly T[]): T[] =>
  [...processes].sort((a, b) => rankOf(a.name) - rankOf(b.name) || a.name.localeCompare(b.name))

/** The same order, in groups of processes that may be stopped together. */
export function inStopGroups<T extends { name: string }>(processes: readonly T[]): T[][] {
  const groups = Map.groupBy(inStopOrder(processes), ({ name }) => rankOf(name))
  return [...groups.values()]
}

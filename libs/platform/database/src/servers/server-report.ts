import type { Server } from './server.js'
import type { Servers } from './servers.js'

/** A server as this process sees it. */
export interface ServerReport {
  /** Host and port. */
  server: string
  /** `refused`: it takes writes, but another one is the primary. */
  role: 'primary' | 'replica' | 'refused' | 'down'
  /** Eight hexadecimal digits; empty if the server is down. */
  timeline: string
  /** How old the oldest write is that it lacks; 0 for the primary. */
  lagMs: number
  /** Whether it gets work from this process. */
  used: boolean
  /** The reads and writes that this process has sent there since its start. */
  work: number
  /** Connections of this process to it. */
  open: number
  idle: number
  waiting: number
}

/** Asks every server now. */
export async function reportServers(servers: Servers): Promise<ServerReport[]> {
  await Promise.all(servers.all.map(({ watch }) => watch.ask()))
  // A single server is asked for this only.
  if (!servers.hasReplicas) for (const { watch } of servers.all) watch.disconnect()
  return servers.all.map((server) => reportOf(server, servers))
}

function reportOf(server: Server, { rotation, isPrimary }: Servers): ServerReport {
  const { state, pool, name } = server
  const role = !state.isUp ? 'down' : state.isReplica ? 'replica' : isPrimary(server) ? 'primary' : 'refused'
  return {
    server: name,
    role,
    timeline: state.freshness.slice(0, 8),
    lagMs: role === 'replica' ? Math.round(rotation.lagMs(state.freshness)) : 0,
    used: role === 'primary' || rotation.has(server),
    work: server.work,
    open: pool.pool.totalCount,
    idle: pool.pool.idleCount,
    waiting: pool.pool.waitingCount + pool.shares.waiting,
  }
}

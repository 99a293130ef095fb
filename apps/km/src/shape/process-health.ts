import type { HttpClient } from '../api/http-client.js'

export interface Check {
  name: string
  required: boolean
  up: boolean
  problem?: string
}

export interface ProcessHealth {
  /** `degraded`: it serves, but something optional is down. */
  state: 'up' | 'degraded' | 'not ready' | 'unreachable'
  checks: Check[]
}

/** The health that a process reports on its internal port, within 3 s. Never rejects. */
export async function healthOf(internal: HttpClient): Promise<ProcessHealth> {
  try {
    const { status, body } = await internal.call({ method: 'GET', path: '/health/ready?details', timeoutMs: 3_000 })
    const { checks = [] } = (body ?? {}) as { checks?: Check[] }
    if (status !== 200) return { state: 'not ready', checks }
    return { state: checks.every(({ up }) => up) ? 'up' : 'degraded', checks }
  } catch {
    return { state: 'unreachable', checks: [] }
  }
}

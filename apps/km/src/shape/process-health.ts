import type { HttpClient } from '../api/http-client.js'

export interface Check {
  name: string
  required: boolean
  up: boolean
  problem?: string
}

export interface ProcessHealth {
  /** `degraded`: serves, but something that it can do without is down. */
  state: 'up' | 'degraded' | 'not ready' | 'unreachable'
  checks: Check[]
}

/** What a process says of itself on its internal port, within 3 s. Never rejects. */
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

import type { Environment } from '@kilomega/config'

/** The argument of a host process: only names, because it imports everything itself. */
export interface HostOptions {
  /** `@kilomega/<name>` */
  module: string
  /** Names of the ports that it calls in other processes. */
  others: string[]
  environment: Environment
  /** Generated before, and shared with the other processes. */
  secrets: Record<string, string>
  /** RFC 3339. Its clock is stopped at this time. */
  now: string | undefined
}

export type HostAnswer = { kind: 'ready' } | { kind: 'failed'; message: string }

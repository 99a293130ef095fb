import type { Environment } from '@kilomega/config'

/** What a host is told, as its argument: names only, because it imports everything itself. */
export interface HostOrder {
  /** `@kilomega/<name>` */
  module: string
  /** Ports that it asks of others, by name. */
  others: string[]
  environment: Environment
  /** Generated before, which it has in common with others. */
  secrets: Record<string, string>
  /** RFC 3339; its clock stands still there. */
  now: string | undefined
}

export type HostAnswer = { kind: 'ready' } | { kind: 'failed'; message: string }

export interface KnownServer {
  /** The name of its package in Debian and in Homebrew. */
  debian: string
  brew: string
  /** An exact version, so that a run today and one next year use the same server. */
  image: string
  /** The download page for other systems. */
  page: string
}

/** Each server has one line here, and a class that starts it. */
export const knownServers = {
  'nats-server': { debian: 'nats-server', brew: 'nats-server', image: 'nats:2.12.7-alpine', page: 'https://nats.io/download' },
  'redis-server': { debian: 'redis-server', brew: 'redis', image: 'redis:7.4.6-bookworm', page: 'https://redis.io/downloads' },
} as const satisfies Record<string, KnownServer>

export type ServerName = keyof typeof knownServers

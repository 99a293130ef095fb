import { Secret } from '@kilomega/config'
import type { DatabaseConfig } from '../database.config.js'

/** The primary's connection string, then those of the replicas. */
export function urlsOf({ url, replicas }: Pick<DatabaseConfig, 'url' | 'replicas'>): Secret[] {
  const others = replicas?.reveal().split(/[\s,]+/) ?? []
  return [url, ...others.filter((text) => text !== '').map((text) => new Secret(text))]
}

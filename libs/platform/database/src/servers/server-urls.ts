import { Secret } from '@kilomega/config'
import type { DatabaseConfig } from '../database.config.js'
import type { PoolPlace } from '../postgres-pool.js'

export interface ServerPlace {
  /** The server itself. */
  url: Secret
  /** Where statements go. */
  pool: PoolPlace
}

/** The primary, then the replicas. */
export function placesOf({ url, poolerUrl, replicas }: Pick<DatabaseConfig, 'url' | 'poolerUrl' | 'replicas'>): ServerPlace[] {
  const others = replicas?.reveal().split(/[\s,]+/) ?? []
  const primary = { url, pool: { url: poolerUrl ?? url, isPooler: poolerUrl !== undefined } }
  return [primary, ...others.filter((text) => text !== '').map((text) => directly(new Secret(text)))]
}

const directly = (url: Secret): ServerPlace => ({ url, pool: { url, isPooler: false } })

import type { Secret } from '@kilomega/config'

/**
 * A connection string whose sessions have these settings, written as PostgreSQL's `options`: `-c TimeZone=UTC`. Those that the string names itself hold
 * too, and ours where both name the same: pg takes either the string's or those beside it.
 */
export function connectionStringWith(url: Secret, settings: string): string {
  const place = new URL(url.reveal())
  const own = place.searchParams.get('options')
  place.searchParams.set('options', own === null ? settings : `${own} ${settings}`)
  return place.href
}

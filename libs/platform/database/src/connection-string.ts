import type { Secret } from '@kilomega/config'

/**
 * A connection string whose sessions have these settings, written as PostgreSQL's `options`: `-c TimeZone=UTC`. Settings in the string itself are kept; if
 * both set the same one, ours wins. They are merged here because pg uses either the options in the string or those passed beside it, never both.
 */
export function connectionStringWith(url: Secret, settings: string): string {
  const place = new URL(url.reveal())
  const own = place.searchParams.get('options')
  place.searchParams.set('options', own === null ? settings : `${own} ${settings}`)
  return place.href
}

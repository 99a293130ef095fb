import type { HttpConfig } from './http.config.js'

/** Headers of every answer, including errors: nothing of ours may be framed, sniffed, sent as a referrer or run, unless a route allows it. */
export function securityHeaders({ publicUrl }: HttpConfig): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}

import type { HttpConfig } from './http.config.js'

/** What every answer says, errors too: nothing of ours is framed, sniffed, referred to or run, unless a route says more. */
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

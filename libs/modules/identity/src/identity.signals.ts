import { signal } from '@kilomega/observability'

export const RefreshTokenReused = signal(
  'identity.refresh-token-reused',
  'warn',
  'A refresh token that was used or has expired came back; its session was ended',
)

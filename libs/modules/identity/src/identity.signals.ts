import { signal } from '@kilomega/observability'

export const RefreshTokenReused = signal(
  'identity.refresh-token-reused',
  'warn',
  'A used or expired refresh token was presented; its session was ended',
)

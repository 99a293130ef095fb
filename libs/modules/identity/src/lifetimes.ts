const minuteS = 60
const hourS = 60 * minuteS
const dayS = 24 * hourS

/** How long things are valid, in seconds. A changed role appears in the next access token, so within 10 minutes. */
export const lifetimesS = {
  accessToken: 10 * minuteS,
  refreshToken: 30 * dayS,
  /** How long a used refresh token gets the same answer again: enough for a client to repeat a request once or twice after its answer was lost. */
  refreshGrace: 10,
  registration: dayS,
  passwordReset: 30 * minuteS,
  /** How long an ended session is remembered: longer than any of its access tokens is accepted, whatever clock issued it and however late. */
  endedSession: 15 * minuteS,
} as const

/**
 * How much clocks may differ, in seconds: an access token is accepted for this long after it expired, and also if it was issued up to this far in the future.
 * Rows in tables have no leeway: they are judged by the database's clock alone.
 */
export const leewayS = 60

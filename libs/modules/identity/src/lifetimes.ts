const minuteS = 60
const hourS = 60 * minuteS
const dayS = 24 * hourS

/** How long things are good, seconds. A changed role shows in the next access token, so within 10 minutes. */
export const lifetimesS = {
  accessToken: 10 * minuteS,
  refreshToken: 30 * dayS,
  /** How long a refresh token that was used is answered again: what a client takes to repeat a request whose answer was lost, once or twice. */
  refreshGrace: 10,
  registration: dayS,
  passwordReset: 30 * minuteS,
  /** How long an ended session is remembered: longer than any access token of it is accepted, issued by whatever clock and however late. */
  endedSession: 15 * minuteS,
} as const

/**
 * By how much clocks may differ, seconds: an access token is accepted for this long after it expired, and one that was issued this far in the future too. Tables
 * have no leeway: what is in them is judged by the database's clock alone.
 */
export const leewayS = 60

const minuteS = 60
const hourS = 60 * minuteS
const dayS = 24 * hourS

/** How long things are good, seconds. A changed role shows in the next access token, so within 10 minutes. */
export const lifetimesS = {
  accessToken: 10 * minuteS,
  refreshToken: 30 * dayS,
  registration: dayS,
  passwordReset: 30 * minuteS,
  /** How long an ended session is remembered: longer than any access token of it is accepted, issued by whatever clock and however late. */
  endedSession: 15 * minuteS,
} as const

/** By how much the clocks of processes may differ: an access token is accepted for this long after it expired, seconds. */
export const leewayS = 30

export const after = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1_000)

let atMs = -1
let text = ''

/** The time of a line as pino wants it. The lines of one millisecond share it: making it takes 1.8 us, a quarter of a line. */
export function lineTime(): string {
  const nowMs = Date.now()
  if (nowMs !== atMs) {
    atMs = nowMs
    text = `,"time":"${new Date(nowMs).toISOString()}"`
  }
  return text
}

const colours: Record<string, string> = { debug: '\x1b[90m', info: '\x1b[32m', warn: '\x1b[33m', error: '\x1b[31m' }
const plain = '\x1b[0m'

interface Line {
  level: string
  time: string
  signal: string
  msg: string
  err?: { stack?: string }
  [field: string]: unknown
}

/** Turns a JSON line into one for people: time, level, words, fields, and the stack of an error below. Colours on a terminal only. */
export function textOf(json: string, colourful = process.stdout.isTTY): string {
  const { level, time, signal, msg, err, ...fields } = JSON.parse(json) as Line
  const label = level.toUpperCase().padEnd(5)
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const head = [time.slice(11, 23), colourful ? `${colours[level]}${label}${plain}` : label, `${msg} (${signal})`, ...shown].join(' ')
  return err?.stack === undefined ? `${head}\n` : `${head}\n    ${err.stack.replaceAll('\n', '\n    ')}\n`
}

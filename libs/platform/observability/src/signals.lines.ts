import { stage } from '@kilomega/config'
import { currentCall } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { lineTime } from './line-time.js'
import { LogConfig } from './log.config.js'
import { LogOutput } from './log-output.js'
import { textOf } from './log-text.js'
import { RepeatedErrors } from './repeated-errors.js'
import { type Level, signalWords } from './signal-words.js'
import { type Fields, type Signal, type SignalName, Signals } from './signals.js'

const levels: readonly (Level | 'silent')[] = ['debug', 'info', 'warn', 'error', 'silent']
/** The number of signals that may wait; beyond it, their lines are made at once. */
const maxWaiting = 1_000

const platformSignals = new Map(Object.entries(signalWords).map(([name, [level, words]]): [string, Signal] => [name, { name, level, words }]))

/** The parts of a line that is not made yet. */
interface Waiting {
  signal: Signal
  fields: object
  atMs: number
  /** The number of signals that it stands for, if more than one. */
  times?: number
}

/**
 * Signals as log lines. JSON escapes control characters, so no field can start a new line. Lines are made when the output is about to write, many in a row,
 * which takes half the time of making each during its request. Repeated errors are counted.
 */
@Injectable()
export class LineSignals extends Signals {
  private readonly quietest: number
  private readonly text: boolean
  private waiting: Waiting[] = []
  private readonly repeated = new RepeatedErrors<Waiting>((last, times) => this.enqueue({ ...last, atMs: Date.now(), times }))

  constructor(
    { level, format }: LogConfig,
    private readonly output: LogOutput,
  ) {
    super()
    this.quietest = levels.indexOf(level)
    this.text = format === 'text' || (format === 'auto' && stage() === 'development')
  }

  emit(emitted: SignalName | Signal, fields: Fields = {}, error?: unknown): void {
    const signal = typeof emitted === 'string' ? platformSignals.get(emitted)! : emitted
    if (levels.indexOf(signal.level) < this.quietest) return
    const one = { signal, fields: complete(fields, error), atMs: Date.now() }
    if (error === undefined || this.repeated.shouldLog(signal.name, error, one)) this.enqueue(one)
  }

  private enqueue(one: Waiting): void {
    this.waiting.push(one)
    if (this.waiting.length === 1) this.output.beforeWriting(this.makeLines)
    else if (this.waiting.length >= maxWaiting) this.makeLines()
  }

  private readonly makeLines = (): void => {
    const { waiting } = this
    this.waiting = []
    for (const one of waiting) this.output.write(this.text ? textOf(lineOf(one)) : lineOf(one))
  }
}

/** Adds the id of the current request, unless the fields name one themselves. */
function complete(fields: Fields, error: unknown): object {
  const { requestId } = currentCall().trace
  const known = requestId === 'none' || 'requestId' in fields ? fields : { requestId, ...fields }
  return error === undefined ? known : { ...known, err: shown(error) }
}

/** The parts that are the same in all lines of a signal are text already; only the fields go through `JSON.stringify`. This is twice as fast as pino. */
function lineOf({ signal: { name, level, words }, fields, atMs, times }: Waiting): string {
  const count = times === undefined ? '' : ` (${times} times more)`
  const inside = JSON.stringify(fields).slice(1, -1)
  return `{"level":"${level}","time":"${lineTime(atMs)}","signal":"${name}",${inside}${inside && ','}"msg":${JSON.stringify(words + count)}}\n`
}

/** By allow-list: drivers attach whole connections to their errors, passwords included. */
function shown(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  return { type: name, message, stack, ...(code !== undefined && { code: String(code) }), ...(cause !== undefined && { cause: shown(cause) }) }
}

import { inspect } from 'node:util'
import type { LoggerService } from '@nestjs/common'
import type { Level } from './signal-words.js'
import type { Signals } from './signals.js'

/** What Nest itself tells of a start: a line for each module and each route. */
const ofNest = new Set(['InjectorLogger', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication', 'NestMicroservice'])
/** Tells of a start that failed; so does whoever started it, in one line. */
const toldElsewhere = 'ExceptionHandler'

/** Nest's `Logger`, as anybody knows it from Nest: its lines go to the log with their context, errors with their stack, and the request at hand. */
export class NestLog implements LoggerService {
  constructor(private readonly signals: Signals) {}

  log(message: unknown, ...more: unknown[]): void {
    this.tell('info', message, more)
  }

  error(message: unknown, ...more: unknown[]): void {
    this.tell('error', message, more)
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.tell('warn', message, more)
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.tell('debug', message, more)
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.tell('debug', message, more)
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.tell('error', message, more)
  }

  /** As Nest's own console does: the last text is the context, a text before it that looks like a stack is the stack of an error. */
  private tell(level: Level, message: unknown, more: unknown[]): void {
    const others = [...more]
    const context = typeof others.at(-1) === 'string' && !isStack(others.at(-1)) ? (others.pop() as string) : undefined
    if (context === toldElsewhere) return
    const error = [message, ...others].find((one) => one instanceof Error)
    const stack = others.find(isStack) as string | undefined
    const words = [message, ...others].filter((one) => one !== stack && one !== undefined).map(wordsOf)
    const quieter = level === 'info' && context !== undefined && ofNest.has(context) ? 'debug' : level
    const fields = { ...(context !== undefined && { context }), ...(error === undefined && stack !== undefined && { stack }) }
    this.signals.emit({ name: 'nest.log', level: quieter, words: words.join(' ') }, fields, error)
  }
}

const isStack = (value: unknown): boolean => typeof value === 'string' && /^\s+at /m.test(value)

const wordsOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return value instanceof Error ? value.message : inspect(value, { breakLength: Infinity })
}

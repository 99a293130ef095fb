import { inspect } from 'node:util'
import type { LoggerService } from '@nestjs/common'
import type { Level } from './signal-words.js'
import type { Signals } from './signals.js'

/** Nest's own log lines during start-up: one for each module and each route. */
const startUpContexts = new Set([
  'InjectorLogger',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
])
/** Reports a failed start; the code that called start does so too, in one line. */
const reportedElsewhere = 'ExceptionHandler'

/** Nest's usual `Logger`: its lines go to the log with their context, errors with their stack, and the current request. */
export class NestLog implements LoggerService {
  constructor(private readonly signals: Signals) {}

  log(message: unknown, ...more: unknown[]): void {
    this.write('info', message, more)
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more)
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more)
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more)
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more)
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more)
  }

  /** Follows Nest's own console: the last text is the context; a text before it that looks like a stack is the stack of an error. */
  private write(level: Level, message: unknown, more: unknown[]): void {
    const others = [...more]
    const context = typeof others.at(-1) === 'string' && !isStack(others.at(-1)) ? (others.pop() as string) : undefined
    if (context === reportedElsewhere) return
    const error = [message, ...others].find((one) => one instanceof Error)
    const stack = others.find(isStack) as string | undefined
    const words = [message, ...others].filter((one) => one !== stack && one !== undefined).map(wordsOf)
    const lowered = level === 'info' && context !== undefined && startUpContexts.has(context) ? 'debug' : level
    const fields = { ...(context !== undefined && { context }), ...(error === undefined && stack !== undefined && { stack }) }
    this.signals.emit({ name: 'nest.log', level: lowered, words: words.join(' ') }, fields, error)
  }
}

const isStack = (value: unknown): boolean => typeof value === 'string' && /^\s+at /m.test(value)

const wordsOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return value instanceof Error ? value.message : inspect(value, { breakLength: Infinity })
}

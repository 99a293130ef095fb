import { stage } from '@kilomega/config'
import { currentCall } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { type DestinationStream, type Logger, pino } from 'pino'
import { lineTime } from './line-time.js'
import { LogConfig } from './log.config.js'
import { textLines } from './log-text.js'
import { signalWords } from './signal-words.js'
import { type SignalName, Signals } from './signals.js'

/** Where lines go; standard output unless a test listens. */
export abstract class LogOutput {
  abstract write(line: string): void
}

/** Signals as log lines. JSON escapes control characters, so no field can begin a line of its own. */
@Injectable()
export class PinoSignals extends Signals {
  private readonly logger: Logger
  /** One for each signal: what is the same in all its lines is made into JSON once. */
  private readonly loggers = new Map<SignalName, Logger>()

  constructor({ level, format }: LogConfig, output: LogOutput) {
    super()
    const text = format === 'text' || (format === 'auto' && stage() === 'development')
    this.logger = pinoTo(text ? textLines(output) : output, level)
  }

  emit(name: SignalName, fields: Record<string, unknown> = {}, error?: unknown): void {
    const [level, words] = signalWords[name]
    if (!this.logger.isLevelEnabled(level)) return
    const { requestId } = currentCall().trace
    const ofRequest = requestId === 'none' ? fields : { requestId, ...fields }
    this.loggerOf(name)[level](error === undefined ? ofRequest : { ...ofRequest, err: shown(error) }, words)
  }

  private loggerOf(name: SignalName): Logger {
    let logger = this.loggers.get(name)
    if (logger === undefined) this.loggers.set(name, (logger = this.logger.child({ signal: name })))
    return logger
  }
}

const pinoTo = (output: DestinationStream, level: string): Logger =>
  pino({ level, base: null, timestamp: lineTime, formatters: { level: (label) => ({ level: label }) } }, output)

/** By allow-list: drivers hang whole connections on their errors, passwords included. */
function shown(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  return { type: name, message, stack, ...(code !== undefined && { code }), ...(cause !== undefined && { cause: shown(cause) }) }
}

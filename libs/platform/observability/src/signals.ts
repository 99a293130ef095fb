import type { Level, signalWords } from './signal-words.js'

/** Plain values: they are read some milliseconds later, and anything that could change meanwhile would be logged wrongly. */
export type Fields = Record<string, string | number | boolean | readonly string[] | null | undefined>

/** The signals of the platform. */
export type SignalName = keyof typeof signalWords

/** An event that can be logged: its name, its level and its message. */
export interface Signal {
  readonly name: string
  readonly level: Level
  readonly words: string
}

/**
 * Declares a signal of a module, in its `<module>.signals.ts`:
 * `export const MailFailed = signal('notifications.mail-failed', 'warn', 'A mail could not be sent and is given up')`.
 * The name starts with the name of the module.
 */
export function signal(name: string, level: Level, words: string): Signal {
  if (!/^[a-z][a-z-]*\.[a-z][a-z-]*$/.test(name)) throw new Error(`signal ${name}: a name is <module>.<what-happened>`)
  return Object.freeze({ name, level, words })
}

/** Reports events as a signal with fields. Code never words log lines: the signals do, each declared in one place. */
export abstract class Signals {
  /** `error` is logged with its stack; fields are logged as they are, so no secrets and no bodies. */
  abstract emit(signal: SignalName | Signal, fields?: Fields, error?: unknown): void
}

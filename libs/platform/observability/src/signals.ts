import type { Level, signalWords } from './signal-words.js'

/** Plain values: they are read some milliseconds later, and what could change meanwhile would tell another story. */
export type Fields = Record<string, string | number | boolean | readonly string[] | null | undefined>

/** Those of the platform. */
export type SignalName = keyof typeof signalWords

/** What can happen: its name, how loud it is and what it says. */
export interface Signal {
  readonly name: string
  readonly level: Level
  readonly words: string
}

/**
 * Declares a signal of a module, in its `<module>.signals.ts`: `export const MailFailed = signal('notifications.mail-failed', 'warn', 'A mail could not be
 * sent and is given up')`. The name begins with the module's.
 */
export function signal(name: string, level: Level, words: string): Signal {
  if (!/^[a-z][a-z-]*\.[a-z][a-z-]*$/.test(name)) throw new Error(`signal ${name}: a name is <module>.<what-happened>`)
  return Object.freeze({ name, level, words })
}

/** Tells what happened, as a signal and fields. Code never words log lines: the signals do, each declared in one place. */
export abstract class Signals {
  /** `error` is logged with its stack; fields are logged as they are, so no secrets and no bodies. */
  abstract emit(signal: SignalName | Signal, fields?: Fields, error?: unknown): void
}

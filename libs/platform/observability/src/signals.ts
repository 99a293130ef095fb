import type { signalWords } from './signal-words.js'

/** Plain values: they are read some milliseconds later, and what could change meanwhile would tell another story. */
export type Fields = Record<string, string | number | boolean | readonly string[] | null | undefined>

export type SignalName = keyof typeof signalWords

/** Tells what happened, as a name and fields. Code never words log lines: `signal-words.ts` does, for all of them in one place. */
export abstract class Signals {
  /** `error` is logged with its stack; fields are logged as they are, so no secrets and no bodies. */
  abstract emit(name: SignalName, fields?: Fields, error?: unknown): void
}

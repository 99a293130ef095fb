import type { z } from 'zod'
import type { Access } from './actor.js'
import type { Freshness } from './freshness.js'

export type OperationKind = 'query' | 'command'

/**
 * What a repeat of a command (the same key) does. `same`: the effect happens once and the same answer is given again. `harmless`: the effect
 * happens once, but the answer may say that it had already happened. `never`: only a person may repeat it, because its answer
 * holds a secret or its input a one-time token, which a receipt must not keep. Queries are `same`.
 */
export type Repeat = 'same' | 'harmless' | 'never'

export interface OperationOptions<I extends z.ZodType, O extends z.ZodType> {
  input: I
  /** If omitted, the operation returns nothing. */
  output?: O
  /** How long the caller waits at most, in milliseconds; a caller with less time left waits less. */
  timeoutMs: number
  /** Who may call it. Default: `system` (other modules' jobs and events). */
  access?: Access
  /** One sentence for the documentation. */
  summary?: string
  /** Default: `same`. */
  repeat?: Repeat
}

export interface QueryOptions<I extends z.ZodType, O extends z.ZodType> extends OperationOptions<I, O> {
  /** Which copy of the data may answer. Default: `own writes`. */
  freshness?: Freshness
}

export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: OperationKind
  readonly input: I
  readonly output: O | undefined
  readonly timeoutMs: number
  readonly access: Access
  readonly summary: string | undefined
  readonly repeat: Repeat
  readonly freshness: Freshness
}

const operation = <I extends z.ZodType, O extends z.ZodType>(
  kind: OperationKind,
  options: OperationOptions<I, O>,
  freshness: Freshness,
): Operation<I, O> =>
  Object.freeze({
    kind,
    input: options.input,
    output: options.output,
    timeoutMs: options.timeoutMs,
    access: options.access ?? 'system',
    summary: options.summary,
    repeat: options.repeat ?? 'same',
    freshness,
  })

/** An operation that changes nothing: it may be called any number of times. */
export const query = <I extends z.ZodType, O extends z.ZodType>(options: QueryOptions<I, O>): Operation<I, O> =>
  operation('query', options, options.freshness ?? 'own writes')

/** An operation that changes something. It always carries a key, by which the module recognises a repeat. */
export const command = <I extends z.ZodType, O extends z.ZodType = z.ZodVoid>(options: OperationOptions<I, O>): Operation<I, O> =>
  operation('command', options, 'primary')

import type { z } from 'zod'
import type { Access } from './actor.js'

export type OperationKind = 'query' | 'command'

export interface OperationOptions<I extends z.ZodType, O extends z.ZodType> {
  input: I
  /** Without it the operation answers nothing. */
  output?: O
  /** What the caller waits at most, milliseconds; a caller with less time left waits less. */
  timeoutMs: number
  /** Who may call it; `system` (other modules' jobs and events) unless declared. */
  access?: Access
  /** One sentence for the documentation. */
  summary?: string
}

export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: OperationKind
  readonly input: I
  readonly output: O | undefined
  readonly timeoutMs: number
  readonly access: Access
  readonly summary: string | undefined
}

const operation = <I extends z.ZodType, O extends z.ZodType>(kind: OperationKind, options: OperationOptions<I, O>): Operation<I, O> =>
  Object.freeze({
    kind,
    input: options.input,
    output: options.output,
    timeoutMs: options.timeoutMs,
    access: options.access ?? 'system',
    summary: options.summary,
  })

/** An operation that changes nothing: it may be called again at will. */
export const query = <I extends z.ZodType, O extends z.ZodType>(options: OperationOptions<I, O>): Operation<I, O> => operation('query', options)

/** An operation that changes something. It always carries a key, by which the one who does it recognises a repeat. */
export const command = <I extends z.ZodType, O extends z.ZodType = z.ZodVoid>(options: OperationOptions<I, O>): Operation<I, O> =>
  operation('command', options)

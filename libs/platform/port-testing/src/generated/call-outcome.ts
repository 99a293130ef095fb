import { AppError, CurrentCall, runCall } from '@kilomega/ports'
import type { GeneratedCall } from './generated-calls.js'

export type CallOutcome = { value: unknown } | { error: { kind: string; code: string; details: unknown } } | { fault: string }

type AnyMethods = Record<string, (input: unknown) => Promise<unknown>>

/**
 * Makes a call and returns its outcome as a value that can be compared. An error that is not an AppError is a fault. The details of an overdue call are
 * left out: they say whether caller, handler or database noticed first, which is random.
 */
export async function outcomeOf(
  port: object,
  { operation, actor, input, key }: GeneratedCall,
  more: { deadlineMs?: number } = {},
): Promise<CallOutcome> {
  const call = new CurrentCall({ actor, trace: { requestId: key }, key, ...more })
  return settled(runCall(call, () => (port as AnyMethods)[operation]!(input)))
}

export async function settled(answer: Promise<unknown>): Promise<CallOutcome> {
  try {
    const value = await answer
    return { value: value === undefined ? null : value }
  } catch (error) {
    if (error instanceof AppError)
      return { error: { kind: error.kind, code: error.code, details: error.kind === 'deadline' ? null : (error.details ?? null) } }
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

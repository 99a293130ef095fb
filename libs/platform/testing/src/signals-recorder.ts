import { type Signal, type SignalName, Signals } from '@kilomega/observability'

export interface RecordedSignal {
  name: string
  fields: Record<string, unknown>
  error: unknown
}

/** Keeps the emitted signals, for a test to look at. */
export class SignalsRecorder extends Signals {
  readonly emitted: RecordedSignal[] = []

  emit(signal: SignalName | Signal, fields: Record<string, unknown> = {}, error?: unknown): void {
    this.emitted.push({ name: typeof signal === 'string' ? signal : signal.name, fields, error })
  }

  of(name: string): RecordedSignal[] {
    return this.emitted.filter((signal) => signal.name === name)
  }
}

import { type SignalName, Signals } from '@kilomega/observability'

export interface RecordedSignal {
  name: SignalName
  fields: Record<string, unknown>
  error: unknown
}

/** Keeps what was emitted, for a test to look at. */
export class SignalsRecorder extends Signals {
  readonly emitted: RecordedSignal[] = []

  emit(name: SignalName, fields: Record<string, unknown> = {}, error?: unknown): void {
    this.emitted.push({ name, fields, error })
  }

  of(name: SignalName): RecordedSignal[] {
    return this.emitted.filter((signal) => signal.name === name)
  }
}

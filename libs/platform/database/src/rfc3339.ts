import type { ValueTransformer } from 'typeorm'

/** For `@Column('timestamptz', { precision: 3, transformer: rfc3339 })`: a time as RFC 3339 text with milliseconds, as ports and events carry it. */
export const rfc3339: ValueTransformer = {
  from: (at: Date | null | undefined) => at?.toISOString() ?? null,
  to: (text: string | null | undefined) => text,
}

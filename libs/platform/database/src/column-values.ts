import type { ValueTransformer } from 'typeorm'

/** For `@Column({ type: 'timestamptz', precision: 3, transformer: rfc3339 })`: a time as RFC 3339 text with milliseconds, as ports and events carry it. */
export const rfc3339: ValueTransformer = {
  from: (at: Date | null | undefined) => at?.toISOString() ?? null,
  to: (text: string | null | undefined) => text,
}

/** For `@Column({ type: 'bigint', transformer: wholeNumber })`: a number instead of TypeORM's text. One beyond 2^53 is an error. */
export const wholeNumber: ValueTransformer = {
  from: (text: string | null | undefined) => (text === null || text === undefined ? null : Number(text)),
  to: (value: number | null | undefined) => value,
}

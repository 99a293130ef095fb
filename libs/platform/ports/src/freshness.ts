/**
 * Which copy of the data a query may read. `own writes`: a replica that has everything the caller has written or seen written, else the primary. `any`: a
 * replica that is not far behind. `primary`: the primary. Commands, jobs and events read from the primary, because they decide about writes.
 */
export type Freshness = 'own writes' | 'any' | 'primary'

/** The freshness of a caller of whom nothing is known. */
export const nothingWritten = ''

/** Later than every other freshness: only the primary has it. For a write whose outcome is unknown, and for a value that nobody can read. */
export const onlyPrimary = '~'

/** Freshness is opaque text that sorts: what is later in the log of the database is greater. */
export const laterOf = (one: string, other: string): string => (other > one ? other : one)

/** The locks of PostgreSQL on a table, the strongest first. */
export const lockModes = [
  'ACCESS EXCLUSIVE',
  'EXCLUSIVE',
  'SHARE ROW EXCLUSIVE',
  'SHARE',
  'SHARE UPDATE EXCLUSIVE',
  'ROW EXCLUSIVE',
  'ROW SHARE',
  'ACCESS SHARE',
] as const

export type LockMode = (typeof lockModes)[number]

/** Who waits for a lock of this mode. Rows that a statement writes are locked besides. */
export type Waiting = 'readers and writers' | 'writers' | 'nobody'

export function waitingFor(mode: LockMode): Waiting {
  if (mode === 'ACCESS EXCLUSIVE') return 'readers and writers'
  return ['EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'SHARE'].includes(mode) ? 'writers' : 'nobody'
}

export const strongest = (modes: readonly LockMode[]): LockMode => lockModes.find((mode) => modes.includes(mode)) ?? 'ACCESS SHARE'

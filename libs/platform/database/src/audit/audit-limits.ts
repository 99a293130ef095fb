const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000]

/** From where on something counts as a finding. */
export interface AuditLimits {
  /** A transaction that waits for its program for longer holds up others for nothing. The processes of Kilomega end theirs after 10 s. */
  idleTransactionMs: number
  transactionMs: number
  /** The log that a slot keeps without being read. */
  slotBytes: number
  /** Autovacuum freezes a table that is 200,000,000 transactions old. */
  transactionAge: number
  /** The used share of a sequence. */
  sequenceShare: number
  /** Smaller tables are read as fast without an index, and vacuumed before anybody notices. */
  bigTableBytes: number
  /** Scans of a big table since statistics began; fewer may be backups and reports. */
  sequentialScans: number
  sequentialScansPerDay: number
  /** Rows that each of these scans read, on average. */
  rowsPerScan: number
  /** The share of rows that are dead. Autovacuum works from 0.2 on. */
  deadShare: number
  /** A table that was vacuumed this recently is being taken care of. */
  vacuumedWithinMs: number
  /** Whether an index is used can be said only after statistics have been counted for this long. */
  countedForMs: number
  unusedIndexBytes: number
  /** The time that a statement has taken in sum. */
  statementTotalMs: number
  /** Its share of the time of all statements. */
  statementShare: number
}

export const auditLimits: AuditLimits = {
  idleTransactionMs: minuteMs,
  transactionMs: 15 * minuteMs,
  slotBytes: 1_024 ** 3,
  transactionAge: 1_000_000_000,
  sequenceShare: 0.75,
  bigTableBytes: 10 * 1_024 * 1_024,
  sequentialScans: 100,
  sequentialScansPerDay: 24,
  rowsPerScan: 10_000,
  deadShare: 0.2,
  vacuumedWithinMs: hourMs,
  countedForMs: 7 * dayMs,
  unusedIndexBytes: 1_024 * 1_024,
  statementTotalMs: minuteMs,
  statementShare: 0.05,
}

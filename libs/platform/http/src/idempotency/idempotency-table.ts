import { type Database, freshness } from '@kilomega/database'
import { currentCall, portErrors } from '@kilomega/ports'
import { edgeErrors } from '../edge-errors.js'

/** The owner of the key, the route, the key, and a hash of the request. */
export interface Attempt {
  principal: string
  route: string
  key: string
  bodyHash: string
}

/** An answer that had an effect. */
export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** The right to answer under a key, until the lease expires and another request takes the key. */
export interface Lease extends Attempt {
  fence: number
}

/** Takes a key that is free, or whose holder has not answered within its lease: the holder is then considered dead, and the request runs again. */
const take = `
  INSERT INTO platform.idempotency (principal, route, key, body_hash, leased_until) VALUES ($1, $2, $3, $4, now() + $5 * interval '1 ms')
  ON CONFLICT (principal, route, key) DO UPDATE SET fence = idempotency.fence + 1, leased_until = excluded.leased_until
  WHERE idempotency.status IS NULL AND idempotency.leased_until < now() AND idempotency.body_hash = excluded.body_hash
  RETURNING fence`

const read = `
  SELECT body_hash AS "bodyHash", status, headers, body, extract(epoch FROM leased_until - now())::float8 AS "leftS"
  FROM platform.idempotency WHERE principal = $1 AND route = $2 AND key = $3`

const keep = `
  UPDATE platform.idempotency SET status = $5, headers = $6, body = $7, leased_until = NULL
  WHERE principal = $1 AND route = $2 AND key = $3 AND fence = $4 AND status IS NULL`

const release = `DELETE FROM platform.idempotency WHERE principal = $1 AND route = $2 AND key = $3 AND fence = $4 AND status IS NULL`

const forget = `
  DELETE FROM platform.idempotency WHERE (principal, route, key) IN (
    SELECT principal, route, key FROM platform.idempotency WHERE created_at < now() - $1 * interval '1 hour' LIMIT $2)
  RETURNING key`

interface Row {
  bodyHash: string
  status: number | null
  headers: Record<string, string>
  body: string
  leftS: number
}

/** Rows per statement. */
const batch = 5_000

/** Keys and their answers, in the platform's database: all API instances share them. */
export class IdempotencyTable {
  constructor(
    private readonly database: Database,
    private readonly leaseMs: number,
  ) {}

  /**
   * The lease for a key that is to be answered, or the stored answer. Throws `IDEMPOTENCY_KEY_REUSED` if the key was used for something else,
   * `IDEMPOTENCY_IN_PROGRESS` while another request holds it.
   */
  async take(attempt: Attempt): Promise<Lease | KeptAnswer> {
    const { principal, route, key, bodyHash } = attempt
    const [taken] = await this.run<{ fence: number }>(take, [principal, route, key, bodyHash, this.leaseMs])
    if (taken !== undefined) return { ...attempt, fence: taken.fence }
    const [row] = await this.run<Row>(read, [principal, route, key])
    // It was released between the two statements.
    if (row === undefined) return this.take(attempt)
    if (row.bodyHash !== bodyHash) throw portErrors.IDEMPOTENCY_KEY_REUSED()
    if (row.status === null) throw edgeErrors.IDEMPOTENCY_IN_PROGRESS({ retryAfterS: Math.max(1, Math.ceil(row.leftS)) })
    // The answer that told the client how fresh its reads must be may have been lost.
    if (this.database.hasReplicas) currentCall().noteWrite(await freshness(this.database))
    return { status: row.status, headers: row.headers, body: row.body }
  }

  /** Does nothing if another request has taken over the key. */
  async keep({ principal, route, key, fence }: Lease, { status, headers, body }: KeptAnswer): Promise<void> {
    await this.run(keep, [principal, route, key, fence, status, JSON.stringify(headers), body])
  }

  /** A failed request had no effect: it may be repeated at once. */
  async release({ principal, route, key, fence }: Lease): Promise<void> {
    await this.run(release, [principal, route, key, fence])
  }

  async forget(keepHours: number): Promise<void> {
    let rows: object[]
    do rows = await this.run(forget, [keepHours, batch])
    while (rows.length === batch)
  }

  private run<T extends object>(sql: string, values: unknown[]): Promise<T[]> {
    return this.database.read((queryable) => queryable.query<T>(sql, values))
  }
}

import { Client } from 'pg'
import { auditDatabase, type AuditReport } from '../src/audit/audit.js'
import { type AuditLimits, auditLimits } from '../src/audit/audit-limits.js'
import type { Finding } from '../src/audit/check.js'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js'
import { startServer } from './server.js'

/** A server whose database a test spoils, audits and mends. */
export class Audited {
  private constructor(
    readonly server: EmbeddedPostgres,
    private readonly folder: string,
    readonly client: Client,
  ) {}

  static async open(): Promise<Audited> {
    const { server, folder } = await startServer()
    const audited = new Audited(server, folder, await connected(server.url.reveal()))
    await audited.clear()
    return audited
  }

  /** Everything that a test has planted is in the schema `shop`. */
  async clear(): Promise<void> {
    await this.run('DROP SCHEMA IF EXISTS shop CASCADE', 'CREATE SCHEMA shop')
  }

  async run(...statements: string[]): Promise<void> {
    for (const statement of statements) await this.client.query(statement)
  }

  /** What has happened so far is counted at once, and by the limits of a test that cannot wait. */
  async report(limits: Partial<AuditLimits> = {}): Promise<AuditReport> {
    await this.client.query('SELECT pg_stat_force_next_flush()')
    return auditDatabase(this.server.url, { ...auditLimits, ...limits })
  }

  async findings(kind: string, limits?: Partial<AuditLimits>): Promise<Finding[]> {
    return (await this.report(limits)).groups.find((group) => group.kind === kind)?.findings ?? []
  }

  /** Expects the statements to be found, runs them as they are, and expects nothing of the kind to be left. */
  async mends(kind: string, statements: string[], limits?: Partial<AuditLimits>): Promise<Finding> {
    const findings = await this.findings(kind, limits)
    expect(findings.flatMap((finding) => finding.statements)).toEqual(statements)
    await this.run(...statements)
    expect(await this.findings(kind, limits)).toEqual([])
    return findings[0]!
  }

  async close(): Promise<void> {
    await this.client.end()
    await EmbeddedPostgres.remove(this.folder)
  }
}

export async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

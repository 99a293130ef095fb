import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres } from '@kilomega/database'
import { Client } from 'pg'
import type { SharedWorld } from '../bench.js'

/** A primary and a replica with 1,000 notes of 200 bytes. */
export interface TwoServers extends SharedWorld {
  primaryUrl: string
  replicaUrl: string
}

const fill = [
  'CREATE SCHEMA bench',
  'CREATE TABLE bench.note (id integer PRIMARY KEY, title text NOT NULL, body text NOT NULL, written_at timestamptz NOT NULL DEFAULT now())',
  `INSERT INTO bench.note (id, title, body) SELECT id, 'Note ' || id, repeat('word ', 40) FROM generate_series(0, 999) AS id`,
  'ANALYZE bench.note',
]

export async function openTwoServers(): Promise<TwoServers> {
  const folder = await mkdtemp(join(tmpdir(), 'kilomega-bench-replica-'))
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  const primary = await EmbeddedPostgres.start({ folder: first, port: 0 })
  const client = new Client({ connectionString: primary.url.reveal() })
  await client.connect()
  for (const sql of fill) await client.query(sql)
  await client.end()
  const replica = await primary.startReplica({ folder: second, port: 0 })
  const close = async (): Promise<void> => {
    for (const one of [second, first]) await EmbeddedPostgres.remove(one)
    await rm(folder, { recursive: true, force: true })
  }
  return { primaryUrl: primary.url.reveal(), replicaUrl: replica.url.reveal(), close }
}

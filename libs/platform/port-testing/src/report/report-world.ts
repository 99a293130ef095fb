import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { MemorySecretStore } from '@kilomega/config'
import { hearingsOf, type Implementation, inSchema } from '@kilomega/messaging'
import type { AnyPort, NewEvent } from '@kilomega/ports'
import { DiskObjectStore } from '@kilomega/storage'
import { eventually, FakeClock } from '@kilomega/testing'
import fc from 'fast-check'
import { arbitraryOf } from '../generated/arbitrary-of.js'
import { quarantined, vocabulary } from '../generated/vocabulary.js'
import { type OpenedPort, openPort, type PortOptions } from '../open-port.js'
import { openPortOverNats } from '../over-nats/open-port-over-nats.js'
import type { StandIn } from '../stand-in.js'
import { injectIds, restartIds } from './inject-ids.js'
import { quiet } from './quiet.js'

export interface ReportWorld extends OpenedPort<AnyPort> {
  name: 'local' | 'remote'
}

/** Pictures of one pixel, a text, and an empty file: objects that an edge may have put into quarantine. */
const onePixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const objects = [
  ...quarantined.map((key) => [key, onePixel] as const),
  ['quarantine/report-text', Buffer.from('no picture')] as const,
  ['quarantine/report-nothing', Buffer.alloc(0)] as const,
]
const eventsOfEachKind = 40
const settleWithinMs = 30_000
const undelivered = `SELECT count(*)::int AS count FROM {schema}.delivery WHERE subscriber NOT LIKE 'queue:%'`
const oneMiB = 1024 * 1024

/** The same module twice, over databases with the same contents, with the same secrets, a stopped clock and ids that depend only on the calls. */
export async function openWorlds(implementation: Implementation, others: readonly StandIn[], seed: number): Promise<ReportWorld[]> {
  const worlds: ReportWorld[] = []
  const secrets = new MemorySecretStore()
  for (const [name, open] of [
    ['local', openPort],
    ['remote', openPortOverNats],
  ] as const) {
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-report-'))
    const options: PortOptions = {
      others: [...others],
      clock: new FakeClock(),
      secrets,
      prepare: injectIds,
      // Canaries are sent at their own times and use up ids, so a slower world would have other ids.
      environment: { STORAGE_FOLDER: folder, HTTP_PUBLIC_URL: 'https://report.example', RELAY_CANARY_MS: '0' },
    }
    const opened = await open(implementation, options)
    await restartIds(opened.database)
    await putObjects(folder)
    const close = () => opened.close().then(() => rm(folder, { recursive: true, force: true }))
    worlds.push({ ...opened, name, close })
  }
  for (const event of eventsFor(implementation, seed)) {
    await Promise.all(worlds.map((world) => emit(world, event)))
    await quiet(worlds, implementation.name)
  }
  return worlds
}

async function putObjects(folder: string): Promise<void> {
  const store = new DiskObjectStore(folder)
  for (const [key, bytes] of objects) await store.put(key, Readable.from([bytes]), { maxBytes: oneMiB })
}

/** Events that the module gets before the first call. */
function eventsFor({ hears }: Implementation, seed: number): NewEvent[] {
  const hearings = hears.flatMap(hearingsOf)
  return hearings.flatMap(({ event }) =>
    fc.sample(arbitraryOf(event.schema, vocabulary), { numRuns: eventsOfEachKind, seed }).flatMap((payload) => {
      const read = event.schema.safeParse(JSON.parse(JSON.stringify(payload)))
      return read.success ? [{ definition: event, payload: read.data }] : []
    }),
  )
}

/** Emits one event and waits until it is delivered. Another order of events would give another order of ids, and their jobs would send mails in another order. */
async function emit(world: ReportWorld, event: NewEvent): Promise<void> {
  await world.tell(event)
  const sql = inSchema(undelivered, event.definition.module)
  await eventually(async () => {
    const [row] = await world.database.database.read((queryable) => queryable.query<{ count: number }>(sql))
    return row!.count === 0
  }, settleWithinMs)
}

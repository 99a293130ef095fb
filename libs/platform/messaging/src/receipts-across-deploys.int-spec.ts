import { type Database, migration } from '@kilomega/database'
import { type Actor, command, CurrentCall, honest, port, portClient, portHandler, runCall, type Transport } from '@kilomega/ports'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { z } from 'zod'
import { inputHash } from './input-hash.js'
import { ledgerMigrations } from './ledger-migrations.js'
import { makeServiceKey, SigningKey } from './nats/nkey.js'
import { SignedContexts } from './nats/signed-context.js'
import { decodeCall, decodeReply, encodeCall, encodeReply } from './nats/wire.js'
import { PostgresReceipts } from './receipts.postgres.js'

const createShip = migration('202601010000-create-ship', 'CREATE TABLE harbour.ship (name text NOT NULL, masts int NOT NULL, colour text)')
const ada: Actor = { kind: 'user', id: 'ada', role: 'user', sessionId: 's' }

const OldShip = z.object({ name: z.string() })
const NewShip = z.object({ name: z.string().trim(), masts: z.int().default(3), colour: z.string().optional() })
const harbourOf = <S extends z.ZodType>(input: S) => {
  abstract class HarbourPort extends port('harbour', {
    build: command({ input, output: z.object({ built: z.string() }), timeoutMs: 5_000, access: 'user' }),
  }) {}
  return HarbourPort
}

const contexts = new SignedContexts(new SigningKey(makeServiceKey().seed.reveal()), [])
/** Passes a call through a NATS message. */
const asMessage =
  (handler: Transport): Transport =>
  async (envelope) =>
    decodeReply(encodeReply(await handler(decodeCall(envelope.port, encodeCall(envelope, contexts), contexts))))

describe.each<[string, (handler: Transport) => Transport]>([
  ['directly', (handler) => handler],
  ['as JSON', honest],
  ['as a message', asMessage],
])('a command that is sent %s, and again after a deploy', (_, over) => {
  let opened: TestDatabase
  let harbour: Database
  const receipts = new PostgresReceipts()
  beforeAll(async () => {
    opened = await openDatabase({ schema: 'harbour', migrations: [createShip], platform: ledgerMigrations })
    harbour = opened.database
  })
  afterAll(() => opened.close())
  beforeEach(() => harbour.write((transaction) => transaction.query('TRUNCATE harbour.ship, harbour.command_receipt')))

  /** A process of one version. `sent` is what its caller sends to the port. */
  const process = (input: z.ZodType) => {
    const build = ({ name, masts = 0 }: { name: string; masts?: number }) =>
      receipts.once(harbour, async (transaction) => {
        await transaction.query('INSERT INTO harbour.ship (name, masts) VALUES ($1, $2)', [name, masts])
        return { built: `${name} with ${masts} masts` }
      })
    const Harbour = harbourOf(input)
    const handler = portHandler(Harbour, { build })
    const client = portClient(Harbour, over(handler))
    return (sent: unknown) => runCall(new CurrentCall({ actor: ada, trace: { requestId: 'test' }, key: 'k' }), () => client.build(sent as never))
  }
  const before = process(OldShip)
  const after = process(NewShip)
  /** The edge parses a body with the schema of the port before it calls. */
  const edgeAfter = (sent: unknown) => after(NewShip.parse(sent))
  const ships = () => harbour.read((queryable) => queryable.query('SELECT name FROM harbour.ship'))

  it('is recognised if its input has a new field with a default', async () => {
    const first = await before({ name: 'Beagle' })
    expect(await after({ name: 'Beagle' })).toEqual(first)
    expect(await edgeAfter({ name: 'Beagle' })).toEqual(first)
    expect(await ships()).toHaveLength(1)
  })

  it('is recognised if the deploy is rolled back', async () => {
    const first = await edgeAfter({ name: 'Beagle' })
    expect(await before({ name: 'Beagle' })).toEqual(first)
    expect(await ships()).toHaveLength(1)
  })

  it('is recognised if its texts are parsed differently', async () => {
    const first = await before({ name: ' Beagle' })
    expect(await after({ name: ' Beagle' })).toEqual(first)
  })

  it('is recognised by an older receipt, which holds the hash of the parsed input', async () => {
    await edgeAfter({ name: 'Beagle' })
    const read = inputHash({ name: 'Beagle', masts: 3 })
    await harbour.write((transaction) => transaction.query('UPDATE harbour.command_receipt SET input_hash = $1', [read]))
    expect(await after({ name: 'Beagle' })).toEqual({ built: 'Beagle with 3 masts' })
    expect(await ships()).toHaveLength(1)
  })

  it('is refused if it asks for something else', async () => {
    await before({ name: 'Beagle' })
    for (const other of [{ name: 'Bounty' }, { name: 'Beagle', masts: 2 }, { name: 'Beagle', colour: 'red' }])
      await expect(after(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await ships()).toHaveLength(1)
  })
})

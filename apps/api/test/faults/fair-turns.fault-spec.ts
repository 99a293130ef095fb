import { eventually } from '@kilomega/testing'
import sharp from 'sharp'
import { v7 as uuidv7 } from 'uuid'
import { ApiWorld } from '../api-world.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { MailServer } from './mail-server.js'

/** Mails to as many accounts, pictures of one user, and how often a newcomer is measured beside them. */
const mails = byForm(300, 2_000)
const pictures = byForm(10, 50)
const newcomers = byForm(5, 20)
/** Of a wait beside a busy user, in terms of a quiet one: twice as long and a second. The short form runs beside other tests. */
const longestMs = (quietMs: number): number => 2 * quietMs + byForm(10_000, 1_000)
/** With 5 connections, 50 mails per second. */
const mailTakesMs = 100
const password = 'a long and salty password'

const addAccounts = `INSERT INTO identity.account (id, email, name, created_at) SELECT id, id || '@example.org', 'Sailor', now() FROM unnest($1::uuid[]) AS id`
/** An event for each account, for all its subscribers, as the transactions of the module leave them. */
const addWelcomes = `
  WITH verified AS (
    INSERT INTO identity.outbox (id, name, payload, request_id)
    SELECT uuidv7(), 'identity.account-verified', json_build_object('accountId', account), 'test' FROM unnest($1::uuid[]) AS account RETURNING id)
  INSERT INTO identity.delivery (subscriber, event_id)
  SELECT name, id FROM verified CROSS JOIN identity.subscriber WHERE event_name = 'identity.account-verified'`

const highest = (waits: readonly number[]): number => waits.toSorted((a, b) => a - b)[Math.ceil(waits.length * 0.95) - 1]!

describe('A newcomer beside many mails to others and a user with many pictures', () => {
  let server: MailServer
  let world: ApiWorld
  beforeAll(async () => {
    server = await MailServer.start({ takesMs: mailTakesMs, answer: () => undefined })
    const mail = { NOTIFICATIONS_MAIL_DRIVER: 'smtp', NOTIFICATIONS_SMTP_URL: server.url }
    world = await ApiWorld.open({ ...mail, HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '1000000' }, { remote: [], instances: 1 })
  }, 120_000)
  afterAll(async () => {
    await world?.close()
    await server?.stop()
  })

  /** From the answer to who registers to the mail at its server, milliseconds. */
  async function mailWait(): Promise<number> {
    const email = `${uuidv7()}@example.org`
    expect(await world.send('POST', '/v1/accounts', { body: { email, password, name: 'Ada' } })).toMatchObject({ status: 202 })
    const answeredMs = performance.now()
    await eventually(() => server.triedMs.has(email), 60_000)
    return server.triedMs.get(email)![0]! - answeredMs
  }

  async function userToken(): Promise<string> {
    const email = `${uuidv7()}@example.org`
    const operator = await world.operatorToken()
    expect(await world.send('POST', '/accounts', { token: operator, internal: true, body: { email, password, name: 'Bob' } })).toMatchObject({
      status: 201,
    })
    const { body } = await world.send('POST', '/v1/sessions', { body: { email, password } })
    return (body as { accessToken: string }).accessToken
  }

  async function upload(token: string, picture: Buffer): Promise<string> {
    const form = new FormData()
    form.set('file', new Blob([picture as Uint8Array<ArrayBuffer>]), 'picture.png')
    const { headers } = await world.send('POST', '/v1/media', { token, form })
    return headers.get('location')!
  }

  async function pictureWait(token: string, picture: Buffer): Promise<number> {
    const path = await upload(token, picture)
    const uploadedMs = performance.now()
    await eventually(async () => expect((await world.send('GET', path, { token })).body).toMatchObject({ status: 'ready' }), 60_000)
    return performance.now() - uploadedMs
  }

  async function waits(token: string, picture: Buffer): Promise<{ mailMs: number; pictureMs: number }> {
    const each: number[] = []
    const pictureMs = pictureWait(token, picture)
    for (let one = 0; one < newcomers; one += 1) each.push(await mailWait())
    return { mailMs: highest(each), pictureMs: await pictureMs }
  }

  holds('FAIR-TURNS', 'a registration mail and a picture wait little longer than on a quiet system', async (figures) => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const picture = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#36c', noise } })
      .png()
      .toBuffer()
    const [newcomer, busy] = [await userToken(), await userToken()]
    await pictureWait(newcomer, picture)
    const quiet = await waits(newcomer, picture)

    const ids = Array.from({ length: mails }, () => uuidv7())
    for (let one = 0; one < pictures; one += 1) await upload(busy, picture)
    await world.database.database.write(async (transaction) => {
      await transaction.query(addAccounts, [ids])
      await transaction.query(addWelcomes, [ids])
    })
    const pending = () => world.count(`SELECT count(*)::int AS count FROM notifications.delivery`)
    await eventually(async () => expect(await pending()).toBeGreaterThan(mails / 2), 60_000)
    figures.faultsHit = await pending()
    const loaded = await waits(newcomer, picture)

    process.stdout.write(`waits in ms: quiet ${JSON.stringify(quiet)}, beside the others ${JSON.stringify(loaded)}\n`)
    expect(loaded.mailMs).toBeLessThanOrEqual(longestMs(quiet.mailMs))
    expect(loaded.pictureMs).toBeLessThanOrEqual(longestMs(quiet.pictureMs))
  })
})

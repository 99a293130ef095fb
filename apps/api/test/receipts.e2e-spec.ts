import { eventually } from '@kilomega/testing'
import { Client } from 'pg'
import { openApi, type OpenedApi } from './open-api.js'

let api: OpenedApi
let ada: string
let database: Client
beforeAll(async () => {
  api = await openApi({ HTTP_LIMIT_PER_MINUTE: '1000000' })
  ada = await api.signUp('ada')
  database = new Client(api.databaseUrl)
  await database.connect()
}, 60_000)
afterAll(async () => {
  await database.end()
  await api.close()
})

const rename = (name: string, key?: string) =>
  api.ask({ method: 'PATCH', path: '/v1/me', token: ada, json: { name }, headers: key === undefined ? {} : { 'idempotency-key': key } })

const preferences = async () => (await api.ask({ path: '/v1/notification-preferences', token: ada })).json
/** By a module that is in a process of its own in some shapes. */
const setPreferences = (json: unknown, key?: string) =>
  api.ask({ method: 'PUT', path: '/v1/notification-preferences', token: ada, json, headers: key === undefined ? {} : { 'idempotency-key': key } })

const kept = {
  identity: "SELECT key FROM identity.command_receipt WHERE principal LIKE 'user:%' ORDER BY key",
  notifications: "SELECT key FROM notifications.command_receipt WHERE principal LIKE 'user:%' ORDER BY key",
}
const older = {
  identity: "UPDATE identity.command_receipt SET created_at = created_at - interval '6 minutes'",
  notifications: "UPDATE notifications.command_receipt SET created_at = created_at - interval '6 minutes'",
}
const keptIn = async (schema: keyof typeof kept) => (await database.query<{ key: string }>(kept[schema])).rows.map(({ key }) => key)
const minutesPass = (schema: keyof typeof older) => database.query(older[schema])

it('500 changes under keys that cannot be sent again leave nothing after minutes, and a change under a key of its caller is answered again', async () => {
  const wanted = await preferences()
  for (let round = 1; round <= 50; round += 1) {
    const renamed = Array.from({ length: 10 }, (_, number) => rename(`Ada ${round}-${number}`))
    const set = Array.from({ length: 10 }, () => setPreferences(wanted))
    for (const { status } of await Promise.all([...renamed, ...set])) expect(status).toBe(200)
  }
  const [first, second] = [await rename('Ada Lovelace', 'rename-1'), await setPreferences(wanted, 'preferences-1')]
  expect([first.status, second.status]).toEqual([200, 200])
  await rename('Ada King')
  expect((await keptIn('identity')).filter((key) => key.startsWith('own·'))).toHaveLength(501)
  expect((await keptIn('notifications')).filter((key) => key.startsWith('own·'))).toHaveLength(500)

  for (const schema of ['identity', 'notifications'] as const) await minutesPass(schema)
  await eventually(async () => expect(await keptIn('identity')).toEqual([expect.stringMatching(/^rename-1\//)]), 60_000)
  await eventually(async () => expect(await keptIn('notifications')).toEqual([expect.stringMatching(/^preferences-1\//)]), 60_000)
  expect((await rename('Ada Lovelace', 'rename-1')).json).toMatchObject({ name: 'Ada Lovelace' })
  expect((await api.ask({ path: '/v1/me', token: ada })).json).toMatchObject({ name: 'Ada King' })
}, 180_000)

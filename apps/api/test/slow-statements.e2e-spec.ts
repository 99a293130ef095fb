import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@kilomega/testing'
import { ApiWorld } from './api-world.js'

let world: ApiWorld
let token: string
beforeAll(async () => {
  world = await ApiWorld.open()
  token = await world.operatorToken()
}, 180_000)
afterAll(() => world.close())

/** In milliseconds: more than a statement may take before it counts as slow. */
const heldMs = 250

/** Lets statements wait for a table while the work is begun. */
async function whileLocked(lock: string, work: () => Promise<unknown>): Promise<void> {
  let done: Promise<unknown> | undefined
  await world.database.database.write(async (transaction) => {
    await transaction.query(lock)
    done = work()
    await wait(heldMs)
  })
  await done
}

interface Slow {
  schema: string
  route?: string
  operation?: string
  caller?: string
  plan?: string
  sql: string
}
const slowOf = (route: string): Slow[] =>
  world.said
    .filter((line) => line.includes('"database.slow-statement"'))
    .map((line) => JSON.parse(line) as Slow)
    .filter((one) => one.route === route)

const logged = (route: string): Promise<Slow[]> =>
  eventually(() => {
    const found = slowOf(route)
    expect(found.length).toBeGreaterThan(0)
    return found
  }, 10_000)

it('a slow statement of a request is logged with route, operation, plan and the line of the module that sent it', async () => {
  await whileLocked('LOCK TABLE content.post', () => world.send('GET', '/v1/posts?limit=10'))
  expect(await logged('GET /v1/posts')).toEqual([
    expect.objectContaining({
      schema: 'content',
      operation: 'content.list',
      caller: expect.stringMatching(/libs\/modules\/content\/dist\/[\w-]+(\.\w+)*\.js:\d+/),
      plan: expect.stringContaining('post'),
    }),
  ])
})

it('a slow statement of a subscriber is logged with the subscriber and its line', async () => {
  const json = { documents: [{ key: 'slow', title: 'Slow', body: 'Slow' }] }
  await whileLocked('LOCK TABLE search.document', () => world.send('POST', '/v1/imports/posts', { token, body: json }))
  const [slow] = await logged('event search.putPublished:content.post-published')
  expect(slow).toMatchObject({ schema: 'search', caller: expect.stringContaining('libs/modules/search/dist/') })
})

it('a slow statement of a job is logged with the kind of job', async () => {
  await world.send('POST', '/v1/accounts', { body: { email: 'slow@example.org', password: 'a long password', name: 'Slow' } })
  await whileLocked('LOCK TABLE notifications.captured_mail', () =>
    world.send('POST', '/v1/accounts', { body: { email: 'slower@example.org', password: 'a long password', name: 'Slower' } }),
  )
  const [slow] = await logged('job notifications.send-mail')
  expect(slow).toMatchObject({ schema: 'notifications', caller: expect.stringContaining('libs/modules/notifications/dist/') })
}, 30_000)

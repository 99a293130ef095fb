import type { Connection } from '../api/connection.js'
import { newEventId, type Visitor } from './visitor.js'
import { expectThat, type Walk } from './walk.js'

interface Stats {
  series: { at: string; name: string; count: number; users: number }[]
}
interface Inbox {
  items: { type: string; title: string }[]
}

const hourMs = 3_600_000

/** Events of visitors are counted, and each only once. */
export async function sendEvents(walk: Walk, { api, operator }: Connection, { token }: Visitor): Promise<void> {
  const now = Date.now()
  const name = 'tour.taken'
  const events = [0, 1, 2].map((step) => ({ id: newEventId(now), name, occurredAt: new Date(now - step).toISOString(), properties: { step } }))
  const request = { method: 'POST' as const, path: '/v1/events', token, json: { events } }
  const answerWith = (accepted: number, duplicates: number) => ({
    request,
    status: 202,
    read: ({ body }: { body: unknown }) => {
      const counts = body as { accepted: number; duplicates: number }
      const says = `${counts.accepted} accepted, ${counts.duplicates} duplicates`
      expectThat(counts.accepted === accepted && counts.duplicates === duplicates, says)
      return { value: undefined, says }
    },
  })
  await walk.ask(api, { what: 'Send three events', ...answerWith(3, 0) })
  await walk.ask(api, { what: 'Send them again', ...answerWith(0, 3) })
  const [from, to] = [now - hourMs, now + hourMs].map((time) => encodeURIComponent(new Date(time).toISOString()))
  await walk.ask(api, {
    what: 'Read the statistics as the operator',
    request: { method: 'GET', path: `/v1/stats?name=${name}&from=${from}&to=${to}&interval=hour`, token: await operator() },
    status: 200,
    polls: true,
    read: ({ body }) => {
      const count = (body as Stats).series.reduce((sum, entry) => sum + entry.count, 0)
      expectThat(count >= 3, `${count} events counted, expected 3 or more`)
      return { value: undefined, says: `${count} times ${name}` }
    },
  })
}

/** Notifications that the visitor has received meanwhile. */
export async function readInbox(walk: Walk, { api }: Connection, { token }: Visitor): Promise<void> {
  await walk.ask(api, {
    what: 'Read the inbox',
    request: { method: 'GET', path: '/v1/notifications', token },
    status: 200,
    polls: true,
    read: ({ body }) => {
      const types = (body as Inbox).items.map(({ type }) => type)
      for (const type of ['welcome', 'media-ready']) expectThat(types.includes(type), `no ${type} among ${types.join(', ') || 'no notices'}`)
      return { value: undefined, says: types.join(', ') }
    },
  })
}

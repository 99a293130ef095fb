import { describeWithOwnNats } from '@kilomega/testing'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const keys = byForm(100, 1_000)
const atOnce = byForm(5, 10)
/** Concurrent keys. */
const lanes = 8
const leaseMs = byForm('2000', '30000')
const insistsForMs = 60_000

interface Answer {
  status: number
  replayed: boolean
  retryAfterS: number
  id: string | undefined
}

describeWithOwnNats('The same POST many times over two instances of the API', () => {
  let fleet: Fleet
  let token: string
  beforeAll(async () => {
    fleet = await Fleet.open({ settings: { HTTP_IDEMPOTENCY_LEASE_MS: leaseMs } })
    token = await fleet.operatorToken()
  }, 120_000)
  afterAll(() => fleet?.close())

  async function post(key: string, title: string): Promise<Answer> {
    const response = await fetch(new URL('/v1/posts', fleet.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ title, body: 'Of the sea' }),
      signal: AbortSignal.timeout(20_000),
    })
    const { id } = (await response.json()) as { id?: string }
    const { status, headers } = response
    return { status, replayed: headers.get('idempotency-replayed') === 'true', retryAfterS: Number(headers.get('retry-after')), id }
  }

  /** As a client does that got no answer, or was asked to retry. */
  async function insist(key: string, title: string, answers: Answer[]): Promise<string> {
    const untilMs = performance.now() + insistsForMs
    for (;;) {
      const answer = await post(key, title).catch(() => undefined)
      if (answer !== undefined) answers.push(answer)
      if (answer?.id !== undefined && answer.status === 201) return answer.id
      if (performance.now() > untilMs) throw new Error(`the key ${key} was locked for more than ${insistsForMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  holds('R10', 'creates one resource for each key, even if an instance is killed, and repeats get the same answer', async (figures) => {
    const names = Array.from({ length: keys }, (_, index) => `key ${index}`)
    const answers: Answer[] = []
    const made = new Map<string, string[]>()
    const left = names.values()
    const lane = async (): Promise<void> => {
      for (const key of left) made.set(key, await Promise.all(Array.from({ length: atOnce }, () => insist(key, key, answers))))
    }
    const all = Promise.all(Array.from({ length: lanes }, lane))
    while (made.size < keys / 3) await new Promise((resolve) => setTimeout(resolve, 20))
    const underWay = made.size
    await fleet.apis[0]!.kill()
    figures.faultsHit = underWay < keys ? 1 : 0
    await all

    figures.accepted = keys
    figures.effects = await fleet.count(`SELECT count(*) FROM content.post WHERE title LIKE 'key %'`)
    figures.lost = names.filter((name) => made.get(name)!.some((id) => id === undefined)).length
    figures.duplicates = figures.effects - keys
    expect(figures).toMatchObject({ effects: keys, lost: 0, duplicates: 0, faultsHit: 1 })
    for (const ids of made.values()) expect(new Set(ids).size).toBe(1)
    const others = answers.filter(({ status }) => status !== 201 && status !== 503)
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(others.length === 0 ? [] : [409]))
    expect(others.filter(({ retryAfterS }) => retryAfterS < 1 || retryAfterS > 30)).toEqual([])
    expect(answers.filter(({ status, replayed }) => status === 201 && replayed).length).toBeGreaterThanOrEqual(keys * (atOnce - 1) - atOnce)
    const otherBodies = await Promise.all(names.map((key) => post(key, 'something else')))
    expect(new Set(otherBodies.map(({ status }) => status))).toEqual(new Set([422]))
  })
})

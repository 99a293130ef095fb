import type { Fleet } from './fleet.js'
import type { Figures } from './ledger.js'
import type { TestRequest } from './load.js'
import { countEnds, type Outcome, quantileMs, succeeded } from './outcomes.js'

/** A repeat comes this many requests later: long after the first was answered, and mostly at another instance. */
const repeatAfter = 100

/** Typical requests of a product's clients, by one author: 6 of 10 read or search, 2 write a draft, 1 repeats a draft under its key, 1 publishes. */
export class Mixture {
  private readonly waiting: string[] = []
  /** The answered ids by the key of the draft: more than one id for a key is a duplicate. */
  private readonly idsByKey = new Map<string, Set<string>>()
  readonly published = new Set<string>()

  constructor(
    private readonly name: string,
    private readonly token: string,
  ) {}

  readonly next = (index: number): TestRequest => {
    const turn = index % 10
    if (turn === 0 || turn === 5) return this.draft(index, 'draft')
    if (turn === 1 && index > repeatAfter) return this.draft(index - repeatAfter - 1, 'repeat')
    if (turn === 6) return this.publish() ?? this.list()
    if (turn === 2 || turn === 7) return this.search()
    if (turn === 3 || turn === 8) return this.read() ?? this.list()
    return this.list()
  }

  /** Compares the answers with the stored rows. Pending deliveries get 30 s. */
  async settle(fleet: Fleet, outcomes: readonly Outcome[], figures: Figures): Promise<void> {
    const titles = await fleet.rows<{ title: string }>('SELECT title FROM content.post WHERE title LIKE $1', [`${this.name} %`])
    const there = new Set(titles.map(({ title }) => title))
    const accepted = [...this.idsByKey.keys()]
    const answeredTwice = [...this.idsByKey.values()].filter((ids) => ids.size > 1).length
    figures.accepted = accepted.length
    figures.effects = titles.length
    figures.lost = accepted.filter((key) => !there.has(key)).length
    figures.duplicates = titles.length - there.size + answeredTwice
    figures.unknown = outcomes.filter((outcome) => outcome.kind === 'draft' && !succeeded(outcome)).length
    figures.p99Ms = quantileMs(outcomes, 0.99)
    expect(countEnds(outcomes.filter((outcome) => !succeeded(outcome)))).toEqual({})
    expect(figures).toMatchObject({ accepted: outcomes.filter(({ kind }) => kind === 'draft').length, lost: 0, duplicates: 0, unknown: 0 })
    expect(figures.effects).toBe(figures.accepted)
    await this.expectIndexed(fleet)
  }

  /** Checks that the index contains every published post of this author, and nothing else of theirs. */
  private async expectIndexed(fleet: Fleet): Promise<void> {
    await fleet.delivered()
    const indexed = await fleet.rows<{ id: string }>('SELECT id FROM search.document WHERE title LIKE $1', [`${this.name} %`])
    expect(indexed.map(({ id }) => id).sort()).toEqual([...this.published].sort())
  }

  /** The title is the key, so that rows show which draft they belong to. */
  private draft(index: number, kind: 'draft' | 'repeat'): TestRequest {
    const key = `${this.name} ${index}`
    const onBody = (text: string): void => {
      const { id } = JSON.parse(text) as { id: string }
      const ids = this.idsByKey.get(key) ?? new Set()
      if (ids.size === 0) this.waiting.push(id)
      this.idsByKey.set(key, ids.add(id))
    }
    const json = { title: key, body: `The log of ship number${index}.`, category: 'harbour' }
    return { kind, method: 'POST', path: '/v1/posts', token: this.token, headers: { 'idempotency-key': key }, json, onBody }
  }

  private publish(): TestRequest | undefined {
    const id = this.waiting.shift()
    if (id === undefined) return undefined
    const headers = { 'idempotency-key': `publish ${id}` }
    return { kind: 'publish', method: 'POST', path: `/v1/posts/${id}/publish`, token: this.token, headers, onBody: () => this.published.add(id) }
  }

  private read(): TestRequest | undefined {
    const [id] = this.published
    return id === undefined ? undefined : { kind: 'read', path: `/v1/posts/${id}` }
  }

  private search(): TestRequest {
    return { kind: 'search', path: '/v1/search?q=ship&limit=5' }
  }

  private list(): TestRequest {
    return { kind: 'list', path: '/v1/posts?limit=5' }
  }
}

import { type Database, Databases } from '@kilomega/database'
import { Route, Routes } from '@kilomega/http'
import { z } from 'zod'
import { rows } from './seeded-api.js'

const list = 'SELECT id, author_id AS "authorId" FROM content.post ORDER BY id LIMIT $1'
const one = 'SELECT title FROM content.post WHERE id = $1'
const several = 'SELECT id, title FROM content.post WHERE id = ANY($1::uuid[])'

const common = { method: 'GET', access: 'anyone', summary: 'Planted', answer: z.unknown() } as const

/** Routes with one fault each, and one without any. */
@Routes('Planted faults')
export class PlantedController {
  private readonly database: Database

  constructor(databases: Databases) {
    this.database = databases.of('content')
  }

  @Route({ ...common, path: '/planted/clean', budget: { queries: 2, bytes: 10_000 } })
  async clean() {
    return this.titles(await this.ids())
  }

  @Route({ ...common, path: '/planted/one-query-more', budget: { queries: 1, bytes: 10_000 } })
  async oneMore() {
    return this.titles(await this.ids())
  }

  @Route({ ...common, path: '/planted/one-byte-more', budget: { queries: 0, bytes: 9 } })
  large() {
    return { a: '12' }
  }

  @Route({ ...common, path: '/planted/n-plus-one', budget: { queries: rows + 1, bytes: 10_000 } })
  async nPlusOne() {
    const titles: unknown[] = []
    for (const id of await this.ids()) titles.push(...(await this.database.read((reading) => reading.query(one, [id]))))
    return titles
  }

  @Route({ ...common, path: '/planted/repeated', budget: { queries: 2, bytes: 10_000 } })
  async repeated() {
    await this.ids()
    return this.ids()
  }

  @Route({ ...common, path: '/planted/no-budget' })
  noBudget() {
    return []
  }

  private async ids(): Promise<string[]> {
    const found = await this.database.read((reading) => reading.query<{ id: string }>(list, [rows]))
    return found.map(({ id }) => id)
  }

  private titles(ids: string[]) {
    return this.database.read((reading) => reading.query(several, [ids]))
  }
}

import { HitKey, SearchHit, SearchPage, SearchPort, SearchQuery } from '@kilomega/contracts'
import { Cursors, Query, Route, Routes } from '@kilomega/http'
import type { z } from 'zod'
import { PageQuery, pageOf } from './page.js'

const { text, ...filters } = SearchQuery.omit({ limit: true, after: true }).shape
const HttpSearchQuery = PageQuery.extend({ q: text, ...filters })
const HttpSearchPage = pageOf(SearchHit)
  .extend(SearchPage.omit({ items: true, next: true }).shape)
  .meta({ title: 'SearchPage' })

@Routes('Search in published posts')
export class SearchController {
  constructor(
    private readonly search: SearchPort,
    private readonly cursors: Cursors,
  ) {}

  @Route({
    method: 'GET',
    path: '/v1/search',
    access: 'anyone',
    summary: 'Searches published posts; typing errors are corrected',
    budget: { queries: 6, bytes: 170_000 },
    query: HttpSearchQuery,
    answer: HttpSearchPage,
    errors: ['SEARCH_LIMIT'],
  })
  async find(@Query() { q, limit, cursor, ...filters }: z.output<typeof HttpSearchQuery>) {
    const scope = { list: 'search', filters: { ...filters, q } }
    const after = this.cursors.open(scope, HitKey, cursor)
    const { next, ...page } = await this.search.find({ ...filters, text: q, limit, ...(after && { after }) })
    return { ...page, nextCursor: next && this.cursors.sign(scope, next) }
  }
}

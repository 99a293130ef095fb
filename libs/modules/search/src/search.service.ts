import type { SearchPort, SearchQuery } from '@kilomega/contracts'
import { Injectable } from '@nestjs/common'
import { SearchIndex } from './drivers/search-index.js'

@Injectable()
export class SearchService implements SearchPort {
  constructor(private readonly index: SearchIndex) {}

  find(query: SearchQuery) {
    return this.index.find(query)
  }
}

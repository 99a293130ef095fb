import fc from 'fast-check'
import { hostileSearch } from '../../test/hostile-texts.js'
import { MemorySearchIndex } from './search-index.memory.js'
import { documentOf } from './search-index.suite.js'

describe('hostile text in memory', () => {
  it('in 5,000 searches is answered, or refused by the limits', async () => {
    const index = new MemorySearchIndex()
    await index.put([documentOf(1, { title: 'A strategy game' }), documentOf(2, { title: 'An editor of text', tags: ['board'] })])
    const property = fc.asyncProperty(hostileSearch, async (query) => {
      await index.find(query).catch((error) => expect(error).toMatchObject({ code: 'SEARCH_LIMIT' }))
    })
    await fc.assert(property, { numRuns: 5_000, seed: 20_261_129 })
  })
})

import { MemorySearchIndex } from './search-index.memory.js'
import { searchIndexSuite } from './search-index.suite.js'

searchIndexSuite('memory', async () => new MemorySearchIndex())

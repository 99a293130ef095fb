import type { Check } from './check.js'
import { abandonedSlots } from './abandoned-slots.js'
import { costlyStatements } from './costly-statements.js'
import { deadRows } from './dead-rows.js'
import { endingSequences } from './ending-sequences.js'
import { foreignKeysWithoutIndex } from './foreign-keys-without-index.js'
import { invalidIndexes } from './invalid-indexes.js'
import { longTransactions } from './long-transactions.js'
import { oldTransactionNumbers } from './old-transaction-numbers.js'
import { redundantIndexes } from './redundant-indexes.js'
import { sequentialScans } from './sequential-scans.js'
import { tablesWithoutKey } from './tables-without-key.js'
import { unusedIndexes } from './unused-indexes.js'

/** Everything that an audit looks for, the most harmful first. */
export const checks: readonly Check[] = [
  longTransactions,
  abandonedSlots,
  oldTransactionNumbers,
  endingSequences,
  invalidIndexes,
  sequentialScans,
  deadRows,
  foreignKeysWithoutIndex,
  tablesWithoutKey,
  redundantIndexes,
  unusedIndexes,
  costlyStatements,
]

import type { Finding } from './squawk.js'

/**
 * Steps that a rule refuses and that stay, because a step that has run is never edited. All are older than the rules, and their tables were new: no installation had more
 * than a few rows in them. A new step gets no line here: it is written as docs/guides/change-a-big-table.md says.
 */
export const ranAlready: Finding[] = [
  { schema: 'content', step: '202611291310-index-removed-of-author', rule: 'require-concurrent-index-creation' },
  { schema: 'identity', step: '202611291300-disable-accounts', rule: 'require-concurrent-index-creation' },
  { schema: 'ledger', step: '202611260003-add-order', rule: 'require-concurrent-index-creation' },
  // The renamed table is replaced in the same transaction by its partitioned successor, under the same name.
  { schema: 'ledger', step: '202611270000-partition-ledger', rule: 'renaming-table' },
  { schema: 'ledger', step: '202611290000-add-delivery-states', rule: 'require-concurrent-index-creation' },
  { schema: 'ledger', step: '202611290000-add-delivery-states', rule: 'require-concurrent-index-deletion' },
  { schema: 'ledger', step: '202611290000-add-delivery-states', rule: 'use-a-backfill' },
  { schema: 'ledger', step: '202611291201-index-own-receipts', rule: 'require-concurrent-index-creation' },
  { schema: 'media', step: '202611290100-index-unfinished-of-owner', rule: 'require-concurrent-index-creation' },
  { schema: 'media', step: '202611291320-index-media-of-owner', rule: 'require-concurrent-index-creation' },
  { schema: 'media', step: '202611291320-index-media-of-owner', rule: 'use-a-backfill' },
]

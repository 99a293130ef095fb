import { config, numberField } from '@kilomega/config'
import { z } from 'zod'

export abstract class SearchConfig extends config('SEARCH', {
  engine: z.enum(['postgres']).default('postgres').describe('Where the index is stored'),
  keepRemovalsDays: numberField({ min: 7, max: 365 })
    .default(14)
    .describe('How long a removal is remembered, in days: longer than any event may be in transit'),
}) {}

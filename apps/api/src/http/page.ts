import { PageSize } from '@kilomega/contracts'
import { z } from 'zod'

/** The query parameters of every list. */
export const PageQuery = z.object({ limit: PageSize.default(20), cursor: z.string().min(1).max(1_024).optional() })

const nextCursor = z.string().nullable().meta({ description: 'Where the next page begins; null at the end. A page may be shorter than its limit' })

/** The answer of every list. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item).max(100), nextCursor })

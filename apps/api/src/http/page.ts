import { PageSize } from '@kilomega/contracts'
import { z } from 'zod'

/** What every list may be asked. */
export const PageQuery = z.object({ limit: PageSize.default(20), cursor: z.string().min(1).max(1_024).optional() })

/** What every list answers. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() })

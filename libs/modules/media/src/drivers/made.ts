import { Rendition } from '@kilomega/contracts'
import { z } from 'zod'

/** The result reported by a rendering process. It has read an untrusted file, so its result is validated like untrusted input. */
export const Made = z.object({
  width: z.int().min(1),
  height: z.int().min(1),
  thumbhash: z.base64().max(100),
  renditions: z.array(Rendition.extend({ hash: z.string().regex(/^[0-9a-f]{16}$/) })).length(3),
})
export type Made = z.infer<typeof Made>

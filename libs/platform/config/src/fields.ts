import { z } from 'zod'

/** Environment variables are text; these schemas parse the usual types from it. Each needs a `.describe(…)`. */
export const numberField = (limits: { min: number; max: number }) => z.coerce.number().int().min(limits.min).max(limits.max)
export const portField = () => numberField({ min: 0, max: 65_535 })
export const booleanField = () => z.stringbool({ truthy: ['true', 'yes', 'on', '1'], falsy: ['false', 'no', 'off', '0'] })
/** Names separated by commas. */
export const listField = () =>
  z.string().transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

/**
 * An input without the fields whose values are their schema's defaults: sending such a field is the same as omitting it. A caller that parses
 * the input with the same schema before it calls, as the edge does, sends a new field with its default where the first attempt did not send the field.
 */
export function withoutDefaults(schema: z.core.$ZodType | undefined, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodReadonly)
    return withoutDefaults(schema.def.innerType, value)
  if (schema instanceof z.ZodPipe) return withoutDefaults(schema.def.in, value)
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => withoutDefaults(schema.def.element, item))
  if (schema instanceof z.ZodObject && isRecord(value)) return fieldsWithoutDefaults(schema.def.shape, value)
  return value
}

const fieldsWithoutDefaults = (shape: z.core.$ZodShape, value: Record<string, unknown>): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name, field]) => !isDefault(shape[name], field))
      .map(([name, field]) => [name, withoutDefaults(shape[name], field)]),
  )

const isDefault = (schema: z.core.$ZodType | undefined, value: unknown): boolean =>
  schema instanceof z.ZodDefault && isDeepStrictEqual(schema.def.defaultValue, value)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

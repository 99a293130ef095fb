import { schemaInText } from '@kilomega/ports'
import { z } from 'zod'
import { strict } from './strict.js'

export type JsonSchema = Record<string, unknown> & { properties?: Record<string, JsonSchema>; required?: string[] }

/** JSON Schema of what callers send (`input`, which refuses unknown fields) or receive (`output`). OpenAPI 3.1 accepts it unchanged. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const readable = schemaInText(schema) ?? schema
  const { $schema: _, id: __, ...made } = z.toJSONSchema(io === 'input' ? strict(readable) : readable, { io, unrepresentable: 'any' }) as JsonSchema
  return made as JsonSchema
}

import type { z } from 'zod'
import { definitionOf, isWrapper } from './schema-definition.js'

type ReadText = (text: string) => unknown

/** Converts the texts of a query string to the types in the schema. A text that does not fit stays text, so that the schema reports the problem. */
export function queryReader(schema: z.ZodObject): (query: Record<string, unknown>) => Record<string, unknown> {
  const readers = new Map(Object.entries(schema.shape).map(([name, field]) => [name, textReader(field as z.core.$ZodType)]))
  return (query) => {
    // Without a prototype, so that a parameter of any name is seen.
    const values = Object.create(null) as Record<string, unknown>
    for (const [name, value] of Object.entries(query)) values[name] = typeof value === 'string' ? (readers.get(name)?.(value) ?? value) : value
    return values
  }
}

function textReader(field: z.core.$ZodType): ReadText {
  const definition = definitionOf(field)
  if (isWrapper(definition)) return textReader(definition.innerType)
  return readers[definition.type] ?? asText
}

const asText: ReadText = (text) => text
const readers: Record<string, ReadText> = {
  number: (text) => (/^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  array: (text) => text.split(','),
}

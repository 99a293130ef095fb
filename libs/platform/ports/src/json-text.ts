import { z } from 'zod'

declare const textOf: unique symbol

/** An already serialised value of type T, as JSON. It travels as a string and is spliced as it is into replies and HTTP bodies. */
export type JsonText<T> = string & { readonly [textOf]?: T }

const inner = new WeakMap<z.ZodType, z.ZodType>()

/**
 * Declares a value that Postgres has serialised (`json_agg(…)::text`): a whole answer, or one field of an answer whose other fields the edge needs. Passing the
 * text through costs a third of mapping rows to objects and back. It is parsed and checked against `schema` only in development and tests.
 */
export function jsonText<S extends z.ZodType>(schema: S): z.ZodType<JsonText<z.output<S>>> {
  const { $schema: _, ...contentSchema } = z.toJSONSchema(schema, { unrepresentable: 'throw', io: 'output' })
  const text = z.string('must be serialised JSON').meta({ contentMediaType: 'application/json', contentSchema })
  inner.set(text, schema)
  return text as z.ZodType<JsonText<z.output<S>>>
}

/** The schema of the value inside, if `schema` is a `jsonText`. */
export const schemaInText = (schema: z.ZodType): z.ZodType | undefined => inner.get(schema)

/** Throws if a `jsonText`, or a `jsonText` field of an object, does not match its declared schema. */
export function checkTexts(schema: z.ZodType, value: unknown): void {
  schemaInText(schema)?.parse(JSON.parse(value as string))
  if (schema instanceof z.ZodObject)
    for (const [name, field] of Object.entries(schema.shape)) checkTexts(field as z.ZodType, (value as Record<string, unknown>)[name])
}

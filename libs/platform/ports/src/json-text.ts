import { z } from 'zod'

declare const textOf: unique symbol

/** JSON that somebody serialised already, of a value of type T. It travels as a string and is spliced raw into replies and HTTP bodies. */
export type JsonText<T> = string & { readonly [textOf]?: T }

const inner = new WeakMap<z.ZodType, z.ZodType>()

/**
 * Declares a value that Postgres serialised (`json_agg(…)::text`): a whole answer, or a field of one beside what the edge needs for itself. Passing the
 * text through costs a third of mapping rows to objects and back. It is parsed and checked against `schema` in development and tests only.
 */
export function jsonText<S extends z.ZodType>(schema: S): z.ZodType<JsonText<z.output<S>>> {
  const { $schema: _, ...contentSchema } = z.toJSONSchema(schema, { unrepresentable: 'throw', io: 'output' })
  const text = z.string('must be serialised JSON').meta({ contentMediaType: 'application/json', contentSchema })
  inner.set(text, schema)
  return text as z.ZodType<JsonText<z.output<S>>>
}

/** The schema of the value inside, where `schema` is a `jsonText`. */
export const schemaInText = (schema: z.ZodType): z.ZodType | undefined => inner.get(schema)

/** Refuses a text, or an object with one among its fields, which does not say what was declared. */
export function checkTexts(schema: z.ZodType, value: unknown): void {
  schemaInText(schema)?.parse(JSON.parse(value as string))
  if (schema instanceof z.ZodObject)
    for (const [name, field] of Object.entries(schema.shape)) checkTexts(field as z.ZodType, (value as Record<string, unknown>)[name])
}

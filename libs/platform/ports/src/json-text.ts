import { z } from 'zod'

declare const textOf: unique symbol

/** JSON that somebody serialised already, of a value of type T. It travels as a string and is spliced raw into replies and HTTP bodies. */
export type JsonText<T> = string & { readonly [textOf]?: T }

const inner = new WeakMap<z.ZodType, z.ZodType>()

/**
 * Declares an answer that Postgres serialised (`json_agg(…)::text`). Passing the text through costs a third of mapping rows to objects and
 * back. It is parsed and checked against `schema` in development and tests only.
 */
export function jsonText<S extends z.ZodType>(schema: S): z.ZodType<JsonText<z.output<S>>> {
  const text = z.custom<JsonText<z.output<S>>>((value) => typeof value === 'string', 'must be serialised JSON')
  inner.set(text, schema)
  return text
}

/** The schema of the value inside, where `schema` is a `jsonText`. */
export const schemaInText = (schema: z.ZodType): z.ZodType | undefined => inner.get(schema)

import { wireSchema } from '@kilomega/ports'
import fc, { type Arbitrary } from 'fast-check'
import type { z } from 'zod'
import { type JsonSchema, numberOf, textOf } from './arbitrary-scalars.js'

/** Known ids and words for generated values, so that calls hit existing rows and search terms that have matches. */
export interface Vocabulary {
  ids: readonly string[]
  words: readonly string[]
  /** Texts for fields with a pattern that they match. */
  texts: readonly string[]
}

/** Lists are short, because one long list costs as much time as many short ones. */
const longestList = 5

/** Generates values that match a schema's JSON Schema. Some may still be refused, by rules that only code checks. */
export const arbitraryOf = (schema: z.ZodType, vocabulary: Vocabulary): Arbitrary<unknown> =>
  fromJsonSchema(wireSchema(schema) as JsonSchema, vocabulary)

function fromJsonSchema(schema: JsonSchema, vocabulary: Vocabulary): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => fromJsonSchema(choice, vocabulary)))
  if (schema.allOf !== undefined) return fromJsonSchema(Object.assign({}, schema, { allOf: undefined }, ...schema.allOf) as JsonSchema, vocabulary)
  return ofType(schema, vocabulary)
}

function ofType(schema: JsonSchema, vocabulary: Vocabulary): Arbitrary<unknown> {
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => ofType({ ...schema, type }, vocabulary)))
  switch (schema.type) {
    case 'string':
      return textOf(schema, vocabulary)
    case 'integer':
    case 'number':
      return numberOf(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return listOf(schema, vocabulary)
    case 'object':
      return objectOf(schema, vocabulary)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function listOf({ items, minItems = 0, maxItems = longestList }: JsonSchema, vocabulary: Vocabulary): Arbitrary<unknown> {
  const longest = Math.max(minItems, Math.min(maxItems, longestList))
  return fc.array(fromJsonSchema(items ?? {}, vocabulary), { minLength: minItems, maxLength: longest })
}

function objectOf({ properties = {}, required = [], additionalProperties, propertyNames }: JsonSchema, vocabulary: Vocabulary): Arbitrary<unknown> {
  if (typeof additionalProperties === 'object' && Object.keys(properties).length === 0) {
    const names = propertyNames === undefined ? fc.constantFrom('a', 'b', 'c') : (fromJsonSchema(propertyNames, vocabulary) as Arbitrary<string>)
    return fc.dictionary(names, fromJsonSchema(additionalProperties, vocabulary), { maxKeys: longestList, noNullPrototype: true })
  }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, fromJsonSchema(field, vocabulary)]))
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true })
}

import { changed, type Effect, type Place, type SchemaChange, show } from './effect.js'
import type { Compare } from './field-changes.js'
import type { JsonSchema } from './ports-document.js'
import { valuesOf } from './value-changes.js'

/**
 * The schemas of which one has to fit; a list of types gives one alternative per type. `oneOf` is read as `anyOf`: zod writes it for discriminated unions,
 * of which no two fit the same value. A schema with further keywords next to them is left as it is.
 */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  if (Array.isArray(schema.type)) return schema.type.map((type: unknown) => ({ ...schema, type }))
  const [keyword, ...others] = Object.keys(schema).filter((name) => name !== 'default' && !isAnnotation(name))
  if ((keyword !== 'anyOf' && keyword !== 'oneOf') || others.length > 0) return [schema]
  return (schema[keyword] as JsonSchema[]).flatMap(alternativesOf)
}

/** Keywords for people, which neither admit nor exclude any value. */
export const isAnnotation = (keyword: string): boolean =>
  ['title', 'description', 'example', 'examples', 'x-example', 'deprecated', '$comment'].includes(keyword)

interface Versions {
  before: readonly JsonSchema[]
  after: readonly JsonSchema[]
}

/**
 * Alternatives that fit nothing in the other version any more. The comparison itself decides whether one is covered; if none covers it, the only one of
 * the same kind shows what differs.
 */
export function alternativeChanges({ before, after }: Versions, place: Place, compare: Compare): SchemaChange[] {
  const gone = before.flatMap((was) =>
    uncovered({ one: was, others: after, alike: onlyAlike(was, before, after), effect: 'narrower' }, place, (is) => compare(was, is, place)),
  )
  const added = after.flatMap((is) =>
    uncovered({ one: is, others: before, alike: onlyAlike(is, after, before), effect: 'wider' }, place, (was) => compare(was, is, place)),
  )
  return [...gone, ...added]
}

interface Question {
  one: JsonSchema
  others: readonly JsonSchema[]
  alike: JsonSchema | undefined
  effect: Effect
}

function uncovered({ one, others, alike, effect }: Question, place: Place, compareTo: (other: JsonSchema) => SchemaChange[]): SchemaChange[] {
  const alone = changed(place, effect, `${outline(one)} is ${effect === 'wider' ? 'allowed too' : 'no longer allowed'}`)
  if (alone.length === 0 || others.some((other) => compareTo(other).length === 0)) return []
  return alike === undefined ? alone : compareTo(alike)
}

function onlyAlike(one: JsonSchema, own: readonly JsonSchema[], others: readonly JsonSchema[]): JsonSchema | undefined {
  const isAlike = (other: JsonSchema) => outline(other) === outline(one)
  const found = others.filter(isAlike)
  return found.length === 1 && own.filter(isAlike).length === 1 ? found[0] : undefined
}

/** How people tell alternatives apart: by the type, the only value, or the field that says which kind of object it is. */
function outline(schema: JsonSchema): string {
  const type = typeof schema.type === 'string' ? schema.type : 'value'
  if ('const' in schema) return `${type} ${show(schema.const)}`
  const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
  const kinds = fields.flatMap(([name, field]) => (valuesOf(field)?.length === 1 ? [`${name} ${show(valuesOf(field)?.[0])}`] : []))
  return [type, ...kinds].join(' with ')
}

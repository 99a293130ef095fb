import { changed, type Place, type SchemaChange, show } from './effect.js'
import type { JsonSchema } from './ports-document.js'

/** Listed values (`enum`, `const`) that were added or removed. */
export function valueChanges(before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] {
  const [were, are] = [valuesOf(before), valuesOf(after)]
  if (were === undefined && are === undefined) return []
  if (were === undefined) return changed(place, 'narrower', `any value was allowed and now only ${show(are)}`)
  if (are === undefined) return changed(place, 'wider', `only ${show(were)} was allowed and now any value`)
  return [
    ...without(were, are).flatMap((value) => changed(place, 'narrower', `the value ${show(value)} is gone`)),
    ...without(are, were).flatMap((value) => changed(place, 'wider', `the value ${show(value)} is new`)),
  ]
}

/** The allowed values, if they are listed. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [schema.const]
  return schema.enum as unknown[] | undefined
}

const without = (values: readonly unknown[], others: readonly unknown[]): unknown[] => {
  const known = new Set(others.map((value) => JSON.stringify(value)))
  return values.filter((value) => !known.has(JSON.stringify(value)))
}

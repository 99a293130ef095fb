import type { Problems } from '@kilomega/ports'
import type { z } from 'zod'
import { definitionOf, isWrapper } from './schema-definition.js'

/** Number of problems to look for in one large value. Further ones are not worth the time: a failing check takes up to 5 us. */
const maxProblems = 1_000

type Path = PropertyKey[]

/** Wrappers that leave the verdict on a present value to the schema inside. */
const transparent = new Set(['optional', 'nullable', 'default', 'readonly', 'nonoptional'])

/**
 * Checks the items of lists and the fields of objects one by one until there are enough problems. The schema alone checks everything before it returns: for
 * 40,000 wrong values it made 40,000 reports, half a second of work. Whatever is wrong here is wrong for the schema too; if nothing is found, the schema
 * decides.
 */
export function addFirstProblems(schema: z.ZodType, value: unknown, problems: Problems, path: Path = []): void {
  if (problems.count >= maxProblems) return
  const definition = definitionOf(schema)
  if (isWrapper(definition) && transparent.has(definition.type) && value !== undefined && value !== null)
    return addFirstProblems(definition.innerType as z.ZodType, value, problems, path)
  if (Array.isArray(value) && definition.type === 'array' && value.length <= longest(schema)) return addInItems(definition, value, problems, path)
  if (!isObject(value)) return addAll(schema, value, problems, path)
  if (definition.type === 'object') return addInFields(definition, value, problems, path)
  if (definition.type === 'record' && isOpen(definition)) return addInEntries(definition, value, problems, path)
  addAll(schema, value, problems, path)
}

function addInItems({ element }: z.core.$ZodArrayDef, items: unknown[], problems: Problems, path: Path): void {
  for (let index = 0; index < items.length && problems.count < maxProblems; index += 1)
    addFirstProblems(element as z.ZodType, items[index], problems, [...path, index])
}

function addInFields({ shape, catchall }: z.core.$ZodObjectDef, value: Record<string, unknown>, problems: Problems, path: Path): void {
  for (const name in shape) addFirstProblems(shape[name] as z.ZodType, value[name], problems, [...path, name])
  if (catchall === undefined || definitionOf(catchall).type !== 'never') return
  for (const name in value) {
    if (problems.count >= maxProblems) return
    if (!Object.hasOwn(shape, name)) problems.addUnknown(path, name)
  }
}

function addInEntries({ keyType, valueType }: z.core.$ZodRecordDef, value: Record<string, unknown>, problems: Problems, path: Path): void {
  for (const name in value) {
    if (problems.count >= maxProblems) return
    if (!(keyType as z.ZodType).safeParse(name).success)
      problems.add({ path: [...path, name].join('.'), code: 'invalid_key', message: 'Invalid key in record' })
    addFirstProblems(valueType as z.ZodType, value[name], problems, [...path, name])
  }
}

function addAll(schema: z.ZodType, value: unknown, problems: Problems, path: Path): void {
  const result = schema.safeParse(value)
  if (!result.success) problems.addAll(result.error, path)
}

/** A record with free names; records keyed by numbers or by listed names have their own rules. */
const isOpen = ({ keyType, mode }: z.core.$ZodRecordDef): boolean => mode === undefined && definitionOf(keyType).type === 'string'

const longestOf = new WeakMap<z.ZodType, number>()

/** The schema refuses a longer list without looking at the items. The limit is read from its JSON Schema, once, because checks do not expose theirs. */
function longest(schema: z.ZodType): number {
  let items = longestOf.get(schema)
  if (items === undefined) longestOf.set(schema, (items = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }).maxItems ?? Infinity))
  return items
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

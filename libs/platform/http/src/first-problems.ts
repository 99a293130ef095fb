import type { Problems } from '@kilomega/ports'
import type { z } from 'zod'

/** Problems that are looked for in one large value. Those beyond are not worth the time: a check that fails takes up to 5 us. */
const enough = 1_000

type Path = PropertyKey[]

interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  catchall?: z.ZodType
  element?: z.ZodType
  innerType?: z.ZodType
  keyType?: z.ZodType
  valueType?: z.ZodType
  mode?: 'loose'
  checks?: { _zod: { def: { check: string; maximum?: number } } }[]
}

/** Around another schema, and of its mind about values that are there. */
const wrappers = new Set(['optional', 'nullable', 'default', 'readonly', 'nonoptional'])

/**
 * Checks the items of lists and the fields of objects one by one until there are enough problems. The schema checks all that there is before it says
 * a word: of 40,000 values that are wrong it made 40,000 reports, half a second of work. What is wrong here is wrong for the schema too; where
 * nothing is found, the schema has the last word.
 */
export function addFirstProblems(schema: z.ZodType, value: unknown, problems: Problems, path: Path = []): void {
  if (problems.count >= enough) return
  const definition = definitionOf(schema)
  const { type, innerType, shape } = definition
  if (wrappers.has(type) && value !== undefined && value !== null) return addFirstProblems(innerType!, value, problems, path)
  if (Array.isArray(value) && type === 'array' && value.length <= longest(definition)) return addInItems(definition, value, problems, path)
  if (!isObject(value)) return addAll(schema, value, problems, path)
  if (shape !== undefined) return addInFields(definition, value, problems, path)
  if (isOpen(definition)) return addInEntries(definition, value, problems, path)
  addAll(schema, value, problems, path)
}

function addInItems({ element }: Definition, items: unknown[], problems: Problems, path: Path): void {
  for (let index = 0; index < items.length && problems.count < enough; index += 1)
    addFirstProblems(element!, items[index], problems, [...path, index])
}

function addInFields({ shape = {}, catchall }: Definition, value: Record<string, unknown>, problems: Problems, path: Path): void {
  for (const name in shape) addFirstProblems(shape[name]!, value[name], problems, [...path, name])
  if (catchall === undefined || definitionOf(catchall).type !== 'never') return
  for (const name in value) {
    if (problems.count >= enough) return
    if (!Object.hasOwn(shape, name)) problems.addUnknown(path, name)
  }
}

function addInEntries({ keyType, valueType }: Definition, value: Record<string, unknown>, problems: Problems, path: Path): void {
  for (const name in value) {
    if (problems.count >= enough) return
    if (!keyType!.safeParse(name).success) problems.add({ path: [...path, name].join('.'), code: 'invalid_key', message: 'Invalid key in record' })
    addFirstProblems(valueType!, value[name], problems, [...path, name])
  }
}

function addAll(schema: z.ZodType, value: unknown, problems: Problems, path: Path): void {
  const result = schema.safeParse(value)
  if (!result.success) problems.addAll(result.error, path)
}

/** A record of any names; one of numbers or of listed names has rules of its own. */
const isOpen = ({ type, keyType, mode }: Definition): boolean => type === 'record' && mode === undefined && definitionOf(keyType!).type === 'string'

/** The schema refuses what is longer without a look at the items. */
const longest = ({ checks = [] }: Definition): number =>
  Math.min(...checks.map(({ _zod: { def } }) => (def.check === 'max_length' ? def.maximum! : Infinity)))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const definitionOf = (schema: z.ZodType): Definition => (schema as unknown as { _zod: { def: Definition } })._zod.def

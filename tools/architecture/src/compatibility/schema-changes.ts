import { isDeepStrictEqual } from 'node:util'
import { alternativeChanges, alternativesOf, isAnnotation } from './alternatives.js'
import { changed, inside, type Place, type SchemaChange, show } from './effect.js'
import { fieldChanges } from './field-changes.js'
import { limitChanges, limitKeywords } from './limit-changes.js'
import { type JsonSchema, namesOf } from './ports-document.js'
import { valueChanges } from './value-changes.js'

const objectKeywords = ['properties', 'required', 'additionalProperties']
const known = new Set(['type', 'enum', 'const', 'items', 'propertyNames', 'contentSchema', 'default', ...objectKeywords, ...limitKeywords])

/** The differences that break a process with the other version. A keyword that is not known here must not change at all. */
export function schemaChanges(before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] {
  const found = [...defaultChanges(before, after, place), ...changesIn(before, after, place)]
  return [...new Map(found.map((change) => [`${change.path} ${change.words}`, change])).values()]
}

function changesIn(before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] {
  const alternatives = { before: alternativesOf(before), after: alternativesOf(after) }
  const [was, is] = [alternatives.before[0], alternatives.after[0]]
  if (alternatives.before.length !== 1 || alternatives.after.length !== 1) return alternativeChanges(alternatives, place, singleChanges)
  return singleChanges(was!, is!, place)
}

function singleChanges(before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] {
  if (allowsAnything(before) || allowsAnything(after)) return looseningOf(before, after, place)
  if (before.type !== after.type && !(isNumber(before) && isNumber(after))) return differ('type', before, after, place)
  return [
    ...numberChange(before, after, place),
    ...valueChanges(before, after, place),
    ...limitChanges(before, after, place),
    ...(after.type === 'object' ? fieldChanges(before, after, place, schemaChanges) : []),
    ...partChanges('items', before, after, inside(place, '[]')),
    ...partChanges('propertyNames', before, after, inside(place, '.{name}')),
    ...partChanges('contentSchema', before, after, place),
    ...unknownChanges(before, after, place),
  ]
}

const allowsAnything = (schema: JsonSchema): boolean => Object.keys(schema).every((keyword) => keyword === 'default' || isAnnotation(keyword))

function looseningOf(before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] {
  if (allowsAnything(before) === allowsAnything(after)) return []
  return allowsAnything(after) ? changed(place, 'wider', 'anything is allowed now') : changed(place, 'narrower', 'anything was allowed')
}

const isNumber = ({ type }: JsonSchema): boolean => type === 'number' || type === 'integer'

function numberChange({ type: was }: JsonSchema, { type: is }: JsonSchema, place: Place): SchemaChange[] {
  return was === is ? [] : changed(place, is === 'number' ? 'wider' : 'narrower', `type was ${show(was)} and is ${show(is)}`)
}

function partChanges(keyword: string, before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] {
  const [was, is] = [before[keyword], after[keyword]]
  return isSchema(was) && isSchema(is) ? schemaChanges(was, is, place) : differ(keyword, before, after, place)
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null

/** A default that is added or removed changes who has to send the field, which is reported for the field; a changed value gives an omitted field another meaning. */
const defaultChanges = (before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] =>
  'default' in before && 'default' in after ? differ('default', before, after, place) : []

const unknownChanges = (before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] =>
  namesOf(before, after)
    .filter((keyword) => !known.has(keyword) && !isAnnotation(keyword))
    .flatMap((keyword) => differ(keyword, before, after, place))

const differ = (keyword: string, before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] =>
  isDeepStrictEqual(before[keyword], after[keyword])
    ? []
    : changed(place, 'different', `${keyword} was ${show(before[keyword])} and is ${show(after[keyword])}`)

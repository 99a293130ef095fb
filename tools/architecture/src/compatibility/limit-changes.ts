import { changed, type Effect, type Place, type SchemaChange, show } from './effect.js'
import type { JsonSchema } from './ports-document.js'

const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
/** Rules that cannot be compared: we cannot decide whether one pattern admits less than another. */
const rules = ['pattern', 'format', 'multipleOf', 'contentEncoding']

export const limitKeywords: readonly string[] = [...upperLimits, ...lowerLimits, ...rules]

/** Changes to the limits and rules of single values. */
export const limitChanges = (before: JsonSchema, after: JsonSchema, place: Place): SchemaChange[] =>
  limitKeywords.flatMap((keyword) => {
    const [was, is] = [before[keyword], after[keyword]]
    return was === is ? [] : changed(place, effectOf(keyword, was, is), `${keyword} was ${show(was)} and is ${show(is)}`)
  })

function effectOf(keyword: string, was: unknown, is: unknown): Effect {
  if (was === undefined) return 'narrower'
  if (is === undefined) return 'wider'
  if (rules.includes(keyword)) return 'different'
  return Number(is) > Number(was) === upperLimits.includes(keyword) ? 'wider' : 'narrower'
}

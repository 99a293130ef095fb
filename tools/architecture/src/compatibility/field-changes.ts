import { changed, inside, type Place, type SchemaChange } from './effect.js'
import { ObjectFields } from './object-fields.js'
import type { JsonSchema } from './ports-document.js'

/** Compares two schemas; passed in, because a field may contain an object again. */
export type Compare = (before: JsonSchema, after: JsonSchema, place: Place) => SchemaChange[]

interface Versions {
  before: ObjectFields
  after: ObjectFields
}

/** The changes to the fields of an object. */
export function fieldChanges(before: JsonSchema, after: JsonSchema, place: Place, compare: Compare): SchemaChange[] {
  const versions = { before: new ObjectFields(before), after: new ObjectFields(after) }
  const names = [...new Set([...versions.before.names, ...versions.after.names])]
  return [
    ...names.flatMap((name) => changesOf(name, versions, inside(place, `.${name}`), compare)),
    ...otherFieldChanges(versions, inside(place, '.*'), compare),
  ]
}

function changesOf(name: string, { before, after }: Versions, place: Place, compare: Compare): SchemaChange[] {
  const [was, is] = [before.schemaOf(name), after.schemaOf(name)]
  if (is === undefined) return goneField(before.requires(name), place)
  if (was === undefined) return newField(after.requires(name), place)
  return [...requirementChange(before.requires(name), after.requires(name), place), ...compare(was, is, place)]
}

/**
 * The old version does not know it: an old caller does not send it, and an old handler does not return it, although the client half of a new caller
 * checks every answer that comes over a wire. So a new field has to be optional at first, whichever way it travels.
 */
const newField = (required: boolean, { flow, path }: Place): SchemaChange[] =>
  required
    ? [{ path, words: `is new and required; ${flow === 'input' ? 'an old caller does not send it' : 'the old version does not give it'}` }]
    : []

/**
 * Removed input breaks even if it was optional: handlers drop fields that they do not know, so a caller that still sends a filter would silently get
 * the answer to another question.
 */
function goneField(required: boolean, { flow, path }: Place): SchemaChange[] {
  if (flow === 'input') return [{ path, words: 'is gone; what an old caller still sends would be dropped in silence' }]
  return required ? [{ path, words: 'is gone and was required; the old version refuses what comes without it' }] : []
}

function requirementChange(was: boolean, is: boolean, place: Place): SchemaChange[] {
  if (was === is) return []
  return is ? changed(place, 'narrower', 'became required') : changed(place, 'wider', 'became optional')
}

function otherFieldChanges({ before, after }: Versions, place: Place, compare: Compare): SchemaChange[] {
  if (before.others !== undefined && after.others !== undefined) return compare(before.others, after.others, place)
  if (before.others === after.others) return []
  return changed(place, 'different', `fields of any name ${after.others === undefined ? 'were' : 'are now'} allowed`)
}

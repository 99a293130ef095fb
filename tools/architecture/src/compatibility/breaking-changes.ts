import type { SchemaChange } from './effect.js'
import { operationChanges } from './operation-changes.js'
import { namesOf, type PortsDocument, under } from './ports-document.js'
import { schemaChanges } from './schema-changes.js'

/** A difference that a caller and a handler of different versions cannot both cope with. */
export interface BreakingChange {
  /** For an event, the module that publishes it. */
  port: string
  /** For an event, its name within the module; empty if the whole port is meant. */
  operation: string
  /** `input.tags[].name`; empty if the whole operation is meant. */
  path: string
  words: string
}

/**
 * What would break in the new ports while both versions run: an old caller with a new handler, a new caller with an old handler, and events of either
 * version with subscribers of the other. Empty if ports only grew. Wider input and narrower answers are allowed, because the next version must be able
 * to rely on what this one does: use them once the last process of the old version has gone.
 */
export const breakingChanges = (before: PortsDocument, after: PortsDocument): BreakingChange[] => [
  ...namesOf(before.ports).flatMap((port) => portChanges(port, before, after)),
  ...namesOf(before.events).flatMap((name) => eventChanges(name, before, after)),
]

function portChanges(port: string, before: PortsDocument, after: PortsDocument): BreakingChange[] {
  const [were, are] = [under(before.ports, port), under(after.ports, port)]
  if (are === undefined) return [{ port, operation: '', path: '', words: 'the port is gone' }]
  return namesOf(were).flatMap((operation) => {
    const [was, is] = [under(were, operation), under(are, operation)]
    const changes = is === undefined ? [{ path: '', words: 'the operation is gone' }] : operationChanges(was!, is)
    return changes.map((change) => ({ port, operation, ...change }))
  })
}

function eventChanges(name: string, before: PortsDocument, after: PortsDocument): BreakingChange[] {
  const [was, is] = [under(before.events, name), under(after.events, name)]
  const changes: SchemaChange[] =
    is === undefined
      ? [{ path: '', words: 'the event is gone; an old subscriber waits for it' }]
      : schemaChanges(was!, is, { flow: 'event', path: 'event' })
  const [port = name, operation = ''] = name.split('.')
  return changes.map((change) => ({ port, operation, ...change }))
}

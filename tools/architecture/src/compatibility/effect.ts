/** The direction in which values travel: `input` from a caller to a handler, `output` back, `event` from any version to any other, also from the ledger. */
export type Flow = 'input' | 'output' | 'event'

/** How a change affects the set of valid values: more of them, fewer, or impossible to tell. */
export type Effect = 'wider' | 'narrower' | 'different'

/** Where in a value something changed, and in which direction the value travels. */
export interface Place {
  readonly flow: Flow
  readonly path: string
}

/** One difference that two versions cannot both cope with. */
export interface SchemaChange {
  path: string
  words: string
}

export const inside = ({ flow, path }: Place, step: string): Place => ({ flow, path: `${path}${step}` })

/**
 * The change, if it breaks something. Input may become wider and answers narrower; in the opposite direction one of two versions receives what it
 * refuses. An event has to fit both ways: an old subscriber receives new ones, and a new subscriber those that an old version left in the ledger.
 */
export function changed({ flow, path }: Place, effect: Effect, fact: string): SchemaChange[] {
  const harmless = (flow === 'input' && effect === 'wider') || (flow === 'output' && effect === 'narrower')
  return harmless ? [] : [{ path, words: `${fact}; ${consequence(flow, effect)}` }]
}

function consequence(flow: Flow, effect: Effect): string {
  if (effect === 'different') return 'it cannot be compared'
  if (flow === 'input') return 'an old caller may send what is refused now'
  if (flow === 'output') return 'an old caller refuses such an answer'
  return effect === 'wider' ? 'an old subscriber refuses such an event' : 'an event of the old version may not fit'
}

/** A value for a message: date patterns are 250 characters long, and their first characters are enough. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

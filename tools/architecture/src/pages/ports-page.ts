import { hearingsOf } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'
import type { z } from 'zod'
import type { LoadedSystem } from './loaded-system.js'
import { markdownTable, page } from './markdown.js'
import { portComments } from './port-comments.js'

const repeats = [
  'What a repeat of a command, with the same key, does: `same`, it happened once and the answer is given again; `harmless`, it happened once, and the',
  'answer may tell that it was there already; `never`, programs do not repeat it, because a receipt would have to hold a secret.',
].join(' ')

/** Operations of every port and all domain events; the schemas are in ports.json. */
export function portsPage({ ports, events, implementations }: LoadedSystem): string {
  const comments = portComments()
  const heard = (eventName: string): string => {
    const modules = implementations
      .filter(({ hears }) => hears.flatMap(hearingsOf).some(({ event }) => event.eventName === eventName))
      .map(({ name }) => name)
    return modules.join(', ') || '-'
  }
  const eventRows = events.map(({ eventName, schema }) => [`\`${eventName}\``, fieldsOf(schema), heard(eventName)])
  return page(
    '# Ports and events',
    'All that modules may know of each other. The schemas are in [ports.json](ports.json), what they answer when they refuse in [errors.md](errors.md).',
    repeats,
    ...ports.map((port) => `## ${port.portName}\n\n${comments.get(port.portName) ?? ''}\n\n${operationsTable(port)}`),
    `## Domain events\n\nTold after commit, at least once, in no promised order.\n\n${markdownTable(['event', 'carries', 'heard by'], eventRows)}`,
  )
}

function operationsTable({ operations }: AnyPort): string {
  const rows = Object.entries(operations).map(([name, { kind, access, timeoutMs, repeat, summary }]) => [
    `\`${name}\``,
    kind,
    access,
    String(timeoutMs),
    kind === 'query' ? '' : repeat,
    summary ?? '',
  ])
  return markdownTable(['operation', 'kind', 'who', 'timeoutMs', 'repeat', ''], rows)
}

const fieldsOf = (schema: z.ZodType): string => Object.keys((schema as z.ZodObject).shape).join(', ')

import { hearingsOf } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'
import type { z } from 'zod'
import type { LoadedSystem } from './loaded-system.js'
import { markdownTable, page } from './markdown.js'
import { portComments } from './port-comments.js'

const reads = [
  'Which copy of the data a query reads: `own writes`, a replica with everything the caller has written, else the primary; `any`, a replica that is not far',
  'behind; `primary`, the primary. Commands read from the primary.',
].join(' ')
const repeats = [
  'The effect of repeating a command with the same key: `same`, it takes effect once and the same answer is returned; `harmless`, it takes effect once, and the',
  'answer may say that it was done already; `never`, clients do not repeat it, because a receipt would have to contain a secret.',
].join(' ')

/** The operations of every port and all domain events; the schemas are in ports.json. */
export function portsPage({ ports, events, implementations }: LoadedSystem): string {
  const comments = portComments()
  const subscribersOf = (eventName: string): string => {
    const modules = implementations
      .filter(({ hears }) => hears.flatMap(hearingsOf).some(({ event }) => event.eventName === eventName))
      .map(({ name }) => name)
    return modules.join(', ') || '-'
  }
  const eventRows = events.map(({ eventName, schema }) => [`\`${eventName}\``, fieldsOf(schema), subscribersOf(eventName)])
  return page(
    '# Ports and events',
    'Everything that modules may know of each other. The schemas are in [ports.json](ports.json), the errors in [errors.md](errors.md).',
    repeats,
    reads,
    ...ports.map((port) => `## ${port.portName}\n\n${comments.get(port.portName) ?? ''}\n\n${operationsTable(port)}`),
    `## Domain events\n\nPublished after commit, at least once, in no guaranteed order.\n\n${markdownTable(['event', 'carries', 'subscribers'], eventRows)}`,
  )
}

function operationsTable({ operations }: AnyPort): string {
  const rows = Object.entries(operations).map(([name, { kind, access, timeoutMs, repeat, freshness, summary }]) => [
    `\`${name}\``,
    kind,
    access,
    String(timeoutMs),
    kind === 'query' ? '' : repeat,
    kind === 'query' ? freshness : '',
    summary ?? '',
  ])
  return markdownTable(['operation', 'kind', 'who', 'timeoutMs', 'repeat', 'reads', ''], rows)
}

const fieldsOf = (schema: z.ZodType): string => Object.keys((schema as z.ZodObject).shape).join(', ')

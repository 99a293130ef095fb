import { wireSchema } from '@kilomega/ports'
import type { z } from 'zod'
import type { LoadedSystem } from './loaded-system.js'

/** Every port and event with its schemas, for the check that versions stay compatible. */
export function portsJson({ ports, events }: LoadedSystem): string {
  const described = {
    ports: Object.fromEntries(
      ports.map(({ portName, operations }) => [
        portName,
        Object.fromEntries(
          Object.entries(operations).map(([name, { kind, access, timeoutMs, repeat, input, output }]) => [
            name,
            { kind, access, timeoutMs, repeat, input: wireSchema(input), output: schemaOrNull(output) },
          ]),
        ),
      ]),
    ),
    events: Object.fromEntries(events.map(({ eventName, schema }) => [eventName, wireSchema(schema)])),
  }
  return `${JSON.stringify(described, null, 2)}\n`
}

const schemaOrNull = (schema: z.ZodType | undefined) => (schema === undefined ? null : wireSchema(schema))

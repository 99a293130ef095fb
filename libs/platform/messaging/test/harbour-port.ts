import { command, jsonText, port, query } from '@kilomega/ports'
import { z } from 'zod'

const Ship = z.object({ name: z.string().max(1_000_000) })

/** A port with one operation of each kind, for tests of what is between the two halves of a port. */
export abstract class HarbourPort extends port('harbour', {
  greet: query({ input: Ship, output: z.string(), timeoutMs: 10_000, access: 'anyone' }),
  list: query({ input: z.object({}), output: jsonText(z.object({ ships: z.array(Ship) })), timeoutMs: 10_000, access: 'anyone' }),
  hurry: query({ input: Ship, output: z.string(), timeoutMs: 300, access: 'anyone' }),
  moor: command({ input: Ship, timeoutMs: 10_000, access: 'user' }),
  sink: command({ input: Ship, timeoutMs: 10_000, access: 'admin' }),
}) {}

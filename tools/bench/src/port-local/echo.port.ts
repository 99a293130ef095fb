import { port, query } from '@kilomega/ports'
import { z } from 'zod'

const EchoPayload = z.object({ id: z.string(), title: z.string(), tags: z.array(z.string()), text: z.string() })

/** The port of both port benches: `say` accepts anything, as the peers do, and `sayChecked` validates its input. */
export abstract class EchoPort extends port('echo', {
  say: query({ access: 'user', input: z.unknown(), output: z.unknown(), timeoutMs: 5_000 }),
  sayChecked: query({ access: 'user', input: EchoPayload, output: EchoPayload, timeoutMs: 5_000 }),
}) {}

import type { AnyPort, Envelope, Repeat, Reply, Transport } from '@kilomega/ports'

/**
 * Delivers each call twice, one after the other, as a wire or a client that repeats may do, and answers what the operation promises for a repeat:
 * `same` the second answer, `harmless` the first. What may `never` be repeated is delivered once.
 */
export function deliveredTwice(port: AnyPort, transport: Transport): Transport {
  const deliveries: Record<Repeat, Transport> = {
    same: async (...delivery) => (await bothReplies(transport, ...delivery))[1],
    harmless: async (...delivery) => (await bothReplies(transport, ...delivery))[0],
    never: transport,
  }
  return (envelope, cancellation) => deliveries[port.operations[envelope.operation]!.repeat](envelope, cancellation)
}

async function bothReplies(transport: Transport, ...[envelope, cancellation]: Parameters<Transport>): Promise<[first: Reply, second: Reply]> {
  const startedMs = performance.now()
  const first = await transport(envelope, cancellation)
  const sentMs = performance.now()
  const again: Envelope = { ...envelope, timeLeftMs: envelope.timeLeftMs - (sentMs - startedMs), sentMs }
  return [first, await transport(again, cancellation)]
}

import type { AnyPort, Envelope, Repeat, Reply, Transport } from '@kilomega/ports'

/**
 * Delivers each call twice, one after another, as a wire or a client that repeats calls may do, and returns what the operation promises for a repeat: for
 * `same` the second answer, for `harmless` the first. An operation that may `never` be repeated is delivered once.
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

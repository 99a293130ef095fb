import { z } from 'zod'
import type { Delivery } from '../subscription.js'

/** An event as it travels. Its payload is checked against its own schema by whoever hears it. */
const WireEvent = z.object({
  id: z.uuid(),
  name: z.string(),
  payload: z.unknown(),
  requestId: z.string(),
  occurredAt: z.string(),
})

export const encodeEvent = ({ id, name, payload, requestId, occurredAt }: Omit<Delivery, 'attempt'>): string =>
  JSON.stringify({ id, name, payload, requestId, occurredAt })

export const decodeEvent = (message: { json: () => unknown }): Omit<Delivery, 'attempt'> => WireEvent.parse(message.json())

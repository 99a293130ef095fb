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

export type EventOnStream = Pick<Delivery, 'id' | 'name' | 'payload' | 'requestId' | 'occurredAt'>

export const encodeEvent = ({ id, name, payload, requestId, occurredAt }: EventOnStream): string =>
  JSON.stringify({ id, name, payload, requestId, occurredAt })

export const decodeEvent = (message: { json: () => unknown }): EventOnStream => WireEvent.parse(message.json())

import { z } from 'zod'
import type { Delivery } from '../subscription.js'

/** An event as it travels. The subscriber checks the payload against the event's schema. */
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

import { type Envelope, maxPayloadBytes, type Reply, type Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { notJson } from './json.js'

/**
 * Makes a local transport as strict as a wire: input and answer go through JSON, their size is limited, and values that JSON would lose are
 * refused. For development and tests; it costs 4 us for a call of 1 KB.
 */
export function honest(transport: Transport): Transport {
  return async (envelope, cancellation) => {
    const arrived = throughJson(envelope, `${envelope.port}.${envelope.operation} got an input that`) as Envelope
    const reply = await transport(arrived, cancellation)
    return throughJson(reply, `${envelope.port}.${envelope.operation} returned an answer that`) as Reply
  }
}

function throughJson(value: object, subject: string): unknown {
  const problem = notJson(value)
  if (problem !== undefined) throw new TypeError(`${subject} cannot cross a wire: ${problem}`)
  const text = JSON.stringify(value)
  // An answer that is already JSON goes over a wire as it is.
  const sizeBytes = Buffer.byteLength('json' in value ? String(value.json) : text)
  if (sizeBytes > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ sizeBytes, limitBytes: maxPayloadBytes })
  return JSON.parse(text)
}

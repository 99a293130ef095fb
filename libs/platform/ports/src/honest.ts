import { type Envelope, maxPayloadBytes, type Reply, type Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { notJson } from './json.js'

/**
 * Makes a transport within one process as strict as a wire: input and answer go through JSON, their size is limited, and what JSON would lose is
 * refused. For development and tests; 4 us a call of 1 KB.
 */
export function honest(transport: Transport): Transport {
  return async (envelope, cancellation) => {
    const arrived = throughJson(envelope, `${envelope.port}.${envelope.operation} was given what`) as Envelope
    const reply = await transport(arrived, cancellation)
    return throughJson(reply, `${envelope.port}.${envelope.operation} answered what`) as Reply
  }
}

function throughJson(value: object, what: string): unknown {
  const problem = notJson(value)
  if (problem !== undefined) throw new TypeError(`${what} cannot cross a wire: ${problem}`)
  const text = JSON.stringify(value)
  // What is JSON already goes over a wire as it is.
  const sizeBytes = Buffer.byteLength('json' in value ? String(value.json) : text)
  if (sizeBytes > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ sizeBytes, limitBytes: maxPayloadBytes })
  return JSON.parse(text)
}

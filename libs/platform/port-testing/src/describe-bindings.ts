import { describeWithNats } from '@kilomega/testing'
import { bindings, type OpenBinding } from './bindings.js'
import { openPortOverNats } from './over-nats/open-port-over-nats.js'

/** Runs the definition of a port over every binding: `describeBindings('SearchPort', (open) => …)`. That over NATS needs a nats-server. */
export function describeBindings(portName: string, body: (open: OpenBinding) => void): void {
  for (const [name, open] of bindings) describe(`${portName} over ${name}`, () => body(open))
  describeWithNats(`${portName} over NATS in another process`, () => body(openPortOverNats))
}

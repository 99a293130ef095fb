import type { AnyPort } from '@kilomega/ports'
import { describeWithNats } from '@kilomega/testing'
import { bindings, type OpenBinding } from './bindings.js'
import { itHandlesAnyInput } from './generated/describe-generated.js'
import type { OpenedPort } from './open-port.js'
import { openPortOverNats } from './over-nats/open-port-over-nats.js'

/**
 * Runs the definition of a port over every binding: `describeBindings('SearchPort', (open) => …)`. It also makes calls that are generated from the port's
 * schemas, to the port that the body opened last. The binding over NATS needs a nats-server.
 */
export function describeBindings(portName: string, body: (open: OpenBinding) => void): void {
  for (const [name, open] of bindings) describe(`${portName} over ${name}`, () => define(open, body))
  describeWithNats(`${portName} over NATS in another process`, () => define(openPortOverNats, body))
}

function define(open: OpenBinding, body: (open: OpenBinding) => void): void {
  let last: { port: AnyPort; opened: OpenedPort<AnyPort> }
  body(async (implementation, options) => {
    const opened = await open(implementation, options)
    last = { port: implementation.port, opened }
    return opened
  })
  itHandlesAnyInput(() => last)
}

import type { Implementation } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'
import { deliveredTwice } from './delivered-twice.js'
import { type OpenedPort, openPort, type PortOptions } from './open-port.js'

export type OpenBinding = <P extends AnyPort>(implementation: Implementation<P>, options?: PortOptions) => Promise<OpenedPort<P>>

/** Every way to reach a port: `describe.each(bindings)('SearchPort over %s', (_, open) => …)`. */
export const bindings: readonly (readonly [name: string, open: OpenBinding])[] = [
  ['a direct call', (implementation, options) => openPort(implementation, { ...options, wireHonest: false })],
  ['JSON', (implementation, options) => openPort(implementation, { ...options, wireHonest: true })],
  ['JSON, delivered twice', (implementation, options) => openPort(implementation, { ...options, wireHonest: true, around: deliveredTwice })],
]

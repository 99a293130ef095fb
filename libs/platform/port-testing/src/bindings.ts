import type { Implementation } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'
import { deliveredTwice } from './delivered-twice.js'
import { type OpenedPort, openPort, type PortSurroundings } from './open-port.js'

export type OpenBinding = <P extends AnyPort>(implementation: Implementation<P>, surroundings?: PortSurroundings) => Promise<OpenedPort<P>>

/** Every way in which a port can be reached: `describe.each(bindings)('SearchPort over %s', (_, open) => …)`. */
export const bindings: readonly (readonly [name: string, open: OpenBinding])[] = [
  ['a direct call', (implementation, surroundings) => openPort(implementation, { ...surroundings, wireHonest: false })],
  ['JSON', (implementation, surroundings) => openPort(implementation, { ...surroundings, wireHonest: true })],
  [
    'JSON, delivered twice',
    (implementation, surroundings) => openPort(implementation, { ...surroundings, wireHonest: true, around: deliveredTwice }),
  ],
]

import { basename } from 'node:path'
import type { AnySlice } from '@kilomega/config'
import * as contracts from '@kilomega/contracts'
import type { Implementation } from '@kilomega/messaging'
import type { AnyPort, EventDefinition, RegisteredError } from '@kilomega/ports'
import { registeredErrors } from '@kilomega/ports'
import { platformSlices } from '@kilomega/process'
import { KmConfig } from '@kilomega/km'
import { modules } from '../repository.js'

/** Everything that the code declares about itself once it has been imported. */
export interface LoadedSystem {
  ports: AnyPort[]
  events: EventDefinition[]
  implementations: Implementation[]
  slices: AnySlice[]
  errors: RegisteredError[]
}

export async function loadSystem(): Promise<LoadedSystem> {
  const implementations = await Promise.all(modules().map(({ folder }) => implementationOf(basename(folder))))
  const exported: unknown[] = Object.values(contracts)
  const slices = new Set([...platformSlices, ...implementations.flatMap(({ config }) => config), KmConfig])
  return {
    ports: exported.filter(isPort).sort(by((port) => port.portName)),
    events: exported.filter(isEvent).sort(by((event) => event.eventName)),
    implementations,
    slices: [...slices].sort(by(({ slice }) => slice)),
    errors: registeredErrors(),
  }
}

async function implementationOf(module: string): Promise<Implementation> {
  const { implementation } = (await import(`@kilomega/${module}`)) as { implementation: Implementation }
  return implementation
}

const isPort = (value: unknown): value is AnyPort => typeof value === 'function' && 'portName' in value
const isEvent = (value: unknown): value is EventDefinition => typeof value === 'function' && 'eventName' in value

export const by =
  <T>(key: (item: T) => string) =>
  (a: T, b: T): number =>
    key(a) < key(b) ? -1 : 1

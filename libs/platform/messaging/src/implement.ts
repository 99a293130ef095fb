import type { AnySlice } from '@kilomega/config'
import type { AnyPort } from '@kilomega/ports'
import type { Migration } from '@kilomega/database'
import type { Type } from '@nestjs/common'

export interface ImplementationParts<P extends AnyPort> {
  /** The module's own Nest module. */
  module: Type
  /** The class behind the port, provided by that module. */
  service: Type<InstanceType<P>>
  config?: AnySlice[]
  /** TypeORM entities of the module's schema. */
  entities?: Type[]
  /** In order; the schema, its outbox and its inbox are there before the first. */
  migrations?: Migration[]
  /** Classes with `@Hears` methods, provided by the module. */
  hears?: Type[]
  /** Classes with `@Runs` methods, provided by the module. */
  jobs?: Type[]
}

export interface Implementation<P extends AnyPort = AnyPort> extends Required<ImplementationParts<P>> {
  readonly port: P
  /** Name of the module, its schema and its port. */
  readonly name: string
}

/** What a module package exports, and all that it exports: its only door. */
export const implement = <P extends AnyPort>(port: P, parts: ImplementationParts<P>): Implementation<P> =>
  Object.freeze({ config: [], entities: [], migrations: [], hears: [], jobs: [], ...parts, port, name: port.portName })

/** The implementations that answer in this process. */
export abstract class LocalModules {
  abstract readonly implementations: readonly Implementation[]
}

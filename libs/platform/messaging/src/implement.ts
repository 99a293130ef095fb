import type { AnySlice } from '@kilomega/config'
import type { AnyPort } from '@kilomega/ports'
import type { Migration } from '@kilomega/database'
import type { Type } from '@nestjs/common'

export interface ImplementationParts<P extends AnyPort> {
  /** The module's own Nest module. */
  module: Type
  /** The class that implements the port, provided by that module. */
  service: Type<InstanceType<P>>
  config?: AnySlice[]
  /** TypeORM entities of the module's schema. */
  entities?: Type[]
  /** In order. The schema, its outbox and its inbox exist before the first one runs. */
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

/** The one export of a module's package. */
export const implement = <P extends AnyPort>(port: P, parts: ImplementationParts<P>): Implementation<P> =>
  Object.freeze({ config: [], entities: [], migrations: [], hears: [], jobs: [], ...parts, port, name: port.portName })

/** The implementations that answer in this process. */
export abstract class LocalModules {
  abstract readonly implementations: readonly Implementation[]
}

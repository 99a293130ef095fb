import type { AnyPort } from '@kilomega/ports'
import type { DynamicModule, ForwardReference } from '@nestjs/common'
import type { Implementation } from './implement.js'
import { portModule } from './port-module.js'

/** A module's package, imported when its port is to be answered in this process. */
export type Load<P extends AnyPort> = () => Promise<{ implementation: Implementation<P> }>

/** One line of an application: a port, and the module that answers it here. */
export class Binding<P extends AnyPort = AnyPort> implements ForwardReference<() => DynamicModule> {
  private loaded: Implementation<P> | undefined

  constructor(
    readonly port: P,
    private readonly load: Load<P> | undefined,
  ) {}

  /** Runs the thunk. Nest asks for the module later, through `forwardRef`. */
  async open(): Promise<Implementation<P>> {
    if (this.load === undefined) throw new Error(`port ${this.port.portName} has no module in this process`)
    try {
      this.loaded ??= (await this.load()).implementation
    } catch (cause) {
      throw new Error(`module ${this.port.portName} could not be loaded: ${(cause as Error).message}`, { cause })
    }
    return this.loaded
  }

  readonly forwardRef = (): DynamicModule => {
    if (this.loaded === undefined) throw new Error(`port ${this.port.portName} was bound but not opened: begin the process with start()`)
    return (this.module ??= portModule(this.loaded))
  }

  private module: DynamicModule | undefined
}

/**
 * Binds a port to the module that answers it: `bind(SearchPort, () => import('@kilomega/search'))`. Nothing is imported before `start()`.
 * Everything in the process may then name `SearchPort` as a dependency and gets a client of it.
 */
export const bind = <P extends AnyPort>(port: P, load?: Load<P>): Binding<P> => new Binding(port, load)

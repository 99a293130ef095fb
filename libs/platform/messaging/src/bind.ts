import type { AnyPort } from '@kilomega/ports'
import type { DynamicModule, ForwardReference } from '@nestjs/common'
import type { Implementation } from './implement.js'
import { portModule, remotePortModule } from './port-module.js'

/** A module's package, imported when its port is to be answered in this process. */
export type Load<P extends AnyPort> = () => Promise<{ implementation: Implementation<P> }>

/** One line of an application: a port, and the module that answers it here or, without one, that NATS brings the answer. */
export class Binding<P extends AnyPort = AnyPort> implements ForwardReference<() => DynamicModule> {
  private loaded: Implementation<P> | undefined
  private module: DynamicModule | undefined

  constructor(
    readonly port: P,
    private readonly load: Load<P> | undefined,
  ) {}

  /** Whether this process has the module, and so could answer the port itself. */
  get hasModule(): boolean {
    return this.load !== undefined
  }

  /** Runs the thunk: the port is answered here. Nest asks for the module later, through `forwardRef`. */
  async open(): Promise<Implementation<P>> {
    if (this.load === undefined) throw new Error(`port ${this.port.portName} has no module in this process`)
    try {
      this.loaded ??= (await this.load()).implementation
    } catch (cause) {
      throw new Error(`module ${this.port.portName} could not be loaded: ${(cause as Error).message}`, { cause })
    }
    this.module = portModule(this.loaded)
    return this.loaded
  }

  /** The port is answered elsewhere: its module is not even imported. */
  leave(): void {
    this.module = remotePortModule(this.port)
  }

  readonly forwardRef = (): DynamicModule => {
    if (this.module === undefined) throw new Error(`port ${this.port.portName} was bound but not opened: begin the process with start()`)
    return this.module
  }
}

/**
 * Binds a port to the module that answers it: `bind(SearchPort, () => import('@kilomega/search'))`. Nothing is imported before `start()`, and never
 * where `REMOTE_PORTS` names the port or no module is given: then NATS brings the answer. Everything in the process may name `SearchPort` as a
 * dependency and gets a client of it either way.
 */
export const bind = <P extends AnyPort>(port: P, load?: Load<P>): Binding<P> => new Binding(port, load)

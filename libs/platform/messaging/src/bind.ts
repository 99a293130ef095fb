import type { AnyPort } from '@kilomega/ports'
import type { DynamicModule, ForwardReference } from '@nestjs/common'
import type { Implementation } from './implement.js'
import { portModule, remotePortModule } from './port-module.js'

/** Imports a module's package. Called only if this process answers the module's port. */
export type Load<P extends AnyPort> = () => Promise<{ implementation: Implementation<P> }>

/** One line of an application: a port and the module that answers it here. Without a module, the port is answered over NATS. */
export class Binding<P extends AnyPort = AnyPort> implements ForwardReference<() => DynamicModule> {
  private loaded: Implementation<P> | undefined
  private module: DynamicModule | undefined

  constructor(
    readonly port: P,
    private readonly load: Load<P> | undefined,
  ) {}

  /** Whether this process has the module and could answer the port itself. */
  get hasModule(): boolean {
    return this.load !== undefined
  }

  /** Loads the module, because this process answers the port. Nest asks for the module later, through `forwardRef`. */
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

  /** Used if another process answers the port: its module is not even imported. */
  useRemote(): void {
    this.module = remotePortModule(this.port)
  }

  readonly forwardRef = (): DynamicModule => {
    if (this.module === undefined) throw new Error(`port ${this.port.portName} was bound but not opened: start the process with start()`)
    return this.module
  }
}

/**
 * Binds a port to the module that answers it: `bind(SearchPort, () => import('@kilomega/search'))`. Nothing is imported before `start()`. Nothing is
 * ever imported if `REMOTE_PORTS` names the port or if no module is given: the port is then answered over NATS. Any class in the process can depend on
 * `SearchPort` and gets a client either way.
 */
export const bind = <P extends AnyPort>(port: P, load?: Load<P>): Binding<P> => new Binding(port, load)

import { unwrapped } from '@kilomega/database'
import { type AnyPort, portHandler, type Transport } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import { LocalModules } from './implement.js'
import { PortCalls } from './port-calls.js'

/** The handler halves of the ports that are answered in this process. Each port has one for all its calls, over NATS or not, so that its limits apply to all of them. */
@Injectable()
export class LocalPorts {
  private readonly handlers = new Map<string, Transport>()

  constructor(
    private readonly local: LocalModules,
    private readonly references: ModuleRef,
    private readonly calls: PortCalls,
  ) {}

  handlerOf(port: AnyPort): Transport {
    let handler = this.handlers.get(port.portName)
    if (handler === undefined) this.handlers.set(port.portName, (handler = this.lateHandler(port)))
    return handler
  }

  /** The service is looked up at the first call, so that two modules that need each other can both be created. */
  private lateHandler(port: AnyPort): Transport {
    const { service } = this.local.implementations.find(({ name }) => name === port.portName)!
    const options = { report: this.calls.report, translate: unwrapped }
    const make = () => portHandler(port, this.references.get<object>(service, { strict: false }), options)
    let handler: Transport | undefined
    return (envelope, cancellation) => (handler ??= make())(envelope, cancellation)
  }
}

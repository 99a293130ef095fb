import { honest, portClient, portHandler, type Transport } from '@kilomega/ports'
import type { DynamicModule, Type } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { Implementation } from './implement.js'
import { PortCalls } from './port-calls.js'

/** The Nest module of a port that is answered in this process: the module behind it, and a client as the port's token. */
export function portModule(implementation: Implementation): DynamicModule {
  const { port } = implementation
  const client = {
    provide: port,
    useFactory: (modules: ModuleRef, calls: PortCalls) => portClient(port, inProcess(implementation, modules, calls), { checkAnswers: calls.strict }),
    inject: [ModuleRef, PortCalls],
  }
  return { module: class PortModule {}, global: true, imports: [implementation.module as Type], providers: [client], exports: [port] }
}

/** The handler half itself. The service is looked up at the first call, so that two modules which need each other can both be made. */
function inProcess({ port, service }: Implementation, modules: ModuleRef, calls: PortCalls): Transport {
  let handler: Transport | undefined
  const transport: Transport = (envelope, cancellation) => {
    handler ??= portHandler(port, modules.get<object>(service, { strict: false }), { report: calls.report })
    return handler(envelope, cancellation)
  }
  return calls.strict ? honest(transport) : transport
}

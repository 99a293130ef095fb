import { type AnyPort, honest, portClient } from '@kilomega/ports'
import type { DynamicModule, Type } from '@nestjs/common'
import type { Implementation } from './implement.js'
import { LocalPorts } from './local-ports.js'
import { RemotePorts } from './nats/remote-ports.js'
import { PortCalls } from './port-calls.js'

/** The Nest module of a port that is answered in this process: its module, and a client under the port's token. */
export function portModule({ port, module }: Implementation): DynamicModule {
  const client = {
    provide: port,
    useFactory: (local: LocalPorts, calls: PortCalls) => {
      const handler = local.handlerOf(port)
      const transport = calls.around(port, calls.strict ? honest(handler) : handler)
      return portClient(port, transport, { checkAnswers: calls.strict })
    },
    inject: [LocalPorts, PortCalls],
  }
  return { module: class PortModule {}, global: true, imports: [module as Type], providers: [client], exports: [port] }
}

/** The Nest module of a port that another process answers: a client that checks answers, because they may come from another version. */
export function remotePortModule(port: AnyPort): DynamicModule {
  const client = {
    provide: port,
    useFactory: (remote: RemotePorts) => portClient(port, remote.transportTo(port), { checkAnswers: true }),
    inject: [RemotePorts],
  }
  return { module: class RemotePortModule {}, global: true, providers: [client], exports: [port] }
}

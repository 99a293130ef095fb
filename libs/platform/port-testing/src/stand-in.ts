import { implement, type Implementation } from '@kilomega/messaging'
import { type AnyPort, honest, portClient, portHandler } from '@kilomega/ports'
import { type DynamicModule, Module } from '@nestjs/common'

/** Another module's port, answered by a test. */
export interface StandIn<P extends AnyPort = AnyPort> {
  port: P
  /** A client of it, for a module in the same process. */
  module: DynamicModule
  /** Its implementation, for a module in another process. */
  implementation: Implementation<P>
}

/**
 * Answers a port of another module while one module is tested alone. Calls go through both halves of the port, as real ones do, so access,
 * validation and errors are real; only the service is the test's.
 */
export function standIn<P extends AnyPort>(port: P, service: Partial<InstanceType<P>>): StandIn<P> {
  const client = portClient(port, honest(portHandler(port, service)), { checkAnswers: true })
  class Service {
    constructor() {
      return service
    }
  }
  @Module({ providers: [Service] })
  class StandInModule {}
  return {
    port,
    module: { module: class StandInClient {}, global: true, providers: [{ provide: port, useValue: client }], exports: [port] },
    implementation: implement(port, { module: StandInModule, service: Service as never }),
  }
}

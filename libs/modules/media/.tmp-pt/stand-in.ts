import { type AnyPort, honest, portClient, portHandler } from '@kilomega/ports'
import type { DynamicModule } from '@nestjs/common'

/**
 * Answers a port of another module while one module is tested alone. It goes through both halves of the port as the real one does, so access,
 * validation and errors are real; only what the other module would do is the test's.
 */
export function standIn<P extends AnyPort>(port: P, service: Partial<InstanceType<P>>): DynamicModule {
  const client = portClient(port, honest(portHandler(port, service)), { checkAnswers: true })
  return { module: class StandIn {}, global: true, providers: [{ provide: port, useValue: client }], exports: [port] }
}

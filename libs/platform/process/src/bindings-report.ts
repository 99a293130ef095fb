import { type BindingsReport, hearingsOf, subscriberName } from '@kilomega/messaging'
import type { Type } from '@nestjs/common'
import { bindingsOf } from './loaded-app.js'

/**
 * Whether an application creates the stream of domain events: it does if it has routes, or the modules of several ports, as the API and the worker have. Every shape has
 * such an application, and it has all permissions anyway. A service with a single port waits for the stream.
 */
export const ownsStream = (application: Type): boolean =>
  ((Reflect.getMetadata('controllers', application) ?? []) as unknown[]).length > 0 ||
  bindingsOf(application).filter(({ hasModule }) => hasModule).length > 1

/** What an application binds, regardless of its settings: `km nats-config` makes permissions from it. Imports all its modules. */
export async function bindingsReport(application: Type): Promise<BindingsReport> {
  const bindings = bindingsOf(application)
  const implementations = await Promise.all(bindings.filter(({ hasModule }) => hasModule).map((binding) => binding.open()))
  const answers = implementations.map(({ name }) => name).sort()
  // A process that answers a single port cannot leave that port to another process.
  const own = answers.length === 1 ? answers : []
  return {
    answers,
    asks: bindings
      .map(({ port }) => port.portName)
      .filter((name) => !own.includes(name))
      .sort(),
    ownsStream: ownsStream(application),
    hears: implementations.flatMap(({ name, hears }) =>
      hears.flatMap(hearingsOf).map((hearing) => ({ subscriber: subscriberName(name, hearing), eventName: hearing.event.eventName })),
    ),
  }
}

import { type ConfigProblem, config, listField } from '@kilomega/config'
import type { NatsConfig } from './nats/nats.config.js'

/** Which ports another process answers. */
export abstract class RemoteConfig extends config('REMOTE', {
  ports: listField().default([]).describe('Ports that other processes answer over NATS, separated by commas, as in search,media: the whole switch'),
}) {}

/** The parts of a binding that matter for `REMOTE_PORTS`. */
interface Bound {
  hasModule: boolean
  port: { portName: string }
}

/** Problems with `REMOTE_PORTS` for this application. Without this check, a name that is not one of its ports would be silently ignored. */
export function problemsOfRemote({ ports }: RemoteConfig, { url }: NatsConfig, bindings: readonly Bound[]): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const names = bindings.map(({ port }) => port.portName)
  const unknown = ports.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    problems.push({ variable: 'REMOTE_PORTS', message: `${unknown.join(', ')} is none of the ports of this process: ${names.join(', ')}` })
  const remote = bindings.filter(({ hasModule, port }) => !hasModule || ports.includes(port.portName))
  if (bindings.length > 0 && remote.length === bindings.length)
    problems.push({ variable: 'REMOTE_PORTS', message: 'leaves nothing that this process answers itself' })
  if (remote.length > 0 && url.length === 0)
    problems.push({ variable: 'NATS_URL', message: `is needed: other processes answer ${remote.map(({ port }) => port.portName).join(', ')}` })
  return problems
}

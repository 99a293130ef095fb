import { ProcessMetrics } from '@kilomega/observability'
import { portClient, portHandler, type Transport } from '@kilomega/ports'
import { EchoPort } from './echo.port.js'

/** The handler half as in production, with metrics. */
export function echoHandler(): Transport {
  const durations = new ProcessMetrics().histogram('port_call_duration_ms', 'Port calls', ['port', 'operation', 'outcome'])
  const echo = async (input: unknown): Promise<unknown> => input
  return portHandler(
    EchoPort,
    { say: echo, sayChecked: echo },
    { report: ({ port, operation, durationMs, error }) => durations.observe(durationMs, port, operation, error === undefined ? 'ok' : 'failed') },
  )
}

/** The in-process port as in production: answers are not validated, and nothing passes through JSON. */
export const localEcho = (): EchoPort => portClient(EchoPort, echoHandler())

/** A process that has one module and answers its port over NATS, as the module's application does, with a clock and surroundings of a test's own. */
import { MemorySecretStore } from '@kilomega/config'
import { bind, type Implementation, NatsLink } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'
import { loadApp, openApp } from '@kilomega/process'
import { FakeClock } from '@kilomega/testing'
import { Module } from '@nestjs/common'
import type { HostAnswer, HostOrder } from './host-messages.js'

const tell = (answer: HostAnswer): void => void process.send!(answer)

process.once('disconnect', () => process.exit())
void host(JSON.parse(process.argv[2]!) as HostOrder).then(
  () => tell({ kind: 'ready' }),
  (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
)

async function host({ module, others, environment, now }: HostOrder): Promise<void> {
  const { implementation } = (await import(`@kilomega/${module}`)) as { implementation: Implementation }

  @Module({ imports: [bind(implementation.port, async () => ({ implementation })), ...(await portsNamed(others)).map((port) => bind(port))] })
  class HostApp {}

  const loaded = await loadApp(HostApp, { stage: 'test', environment, secrets: new MemorySecretStore() })
  const app = await openApp(loaded, now === undefined ? {} : { clock: new FakeClock(now) })
  process.once('SIGTERM', () => void app.close().then(() => process.exit()))
  await new Promise<void>((resolve) => app.get(NatsLink).whenOpen((connection) => void connection.flush().then(resolve)))
}

/** From the contracts, of which a library of the platform knows no more than that they are there. */
async function portsNamed(names: readonly string[]): Promise<AnyPort[]> {
  const contracts = Object.values((await import('@kilomega/contracts' as string)) as Record<string, unknown>)
  return names.map((name) => contracts.find((value) => typeof value === 'function' && 'portName' in value && value.portName === name) as AnyPort)
}

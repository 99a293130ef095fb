/** A process that has one module and answers its port over NATS, as the module's application does, with a clock and surroundings of a test's own. */
import { MemorySecretStore } from '@kilomega/config'
import { bind, NatsLink } from '@kilomega/messaging'
import { loadApp, openApp } from '@kilomega/process'
import { FakeClock } from '@kilomega/testing'
import { Module } from '@nestjs/common'
import { allPorts, moduleNamed } from '../named-modules.js'
import type { HostAnswer, HostOrder } from './host-messages.js'

const tell = (answer: HostAnswer): void => void process.send!(answer)

process.once('disconnect', () => process.exit())
void host(JSON.parse(process.argv[2]!) as HostOrder).then(
  () => tell({ kind: 'ready' }),
  (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
)

async function host({ module, others, environment, secrets, now }: HostOrder): Promise<void> {
  const implementation = await moduleNamed(module)
  const asked = (await allPorts()).filter(({ portName }) => others.includes(portName))

  @Module({ imports: [bind(implementation.port, async () => ({ implementation })), ...asked.map((port) => bind(port))] })
  class HostApp {}

  const loaded = await loadApp(HostApp, { stage: 'test', environment, secrets: new MemorySecretStore(secrets) })
  const app = await openApp(loaded, now === undefined ? {} : { clock: new FakeClock(now) })
  process.once('SIGTERM', () => void app.close().then(() => process.exit()))
  await new Promise<void>((resolve) => app.get(NatsLink).whenOpen((connection) => void connection.flush().then(resolve)))
}

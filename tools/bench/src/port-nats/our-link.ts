import { loadConfig, MemorySecretStore, processEnvironment } from '@kilomega/config'
import { NatsConfig, NatsLink, RemotePorts } from '@kilomega/messaging'
import { HealthBoard, Signals } from '@kilomega/observability'

/** A process of the bench has nobody to tell. */
class Silent extends Signals {
  emit(): void {}
}

/** What a process has that speaks to others over NATS, from its settings as in production. */
export async function openLink() {
  const signals = new Silent()
  const config = loadConfig([NatsConfig], processEnvironment(), new MemorySecretStore()).get(NatsConfig)
  const link = new NatsLink(config, signals, new HealthBoard())
  const remote = new RemotePorts(link, config)
  const connected = new Promise<void>((resolve) => link.whenOpen(() => resolve()))
  link.onModuleInit()
  return { link, remote, signals, connected }
}

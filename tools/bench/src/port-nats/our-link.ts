import { loadConfig, MemorySecretStore, processEnvironment } from '@kilomega/config'
import { NatsConfig, NatsLink, RemotePorts } from '@kilomega/messaging'
import { HealthBoard, Signals } from '@kilomega/observability'

/** Processes of the bench report signals to no one. */
class Silent extends Signals {
  emit(): void {}
}

/** What a process needs to talk to others over NATS, created from its settings as in production. */
export async function openLink() {
  const signals = new Silent()
  const config = loadConfig([NatsConfig], processEnvironment(), new MemorySecretStore()).get(NatsConfig)
  const link = new NatsLink(config, signals, new HealthBoard())
  const remote = new RemotePorts(link, config)
  const connected = new Promise<void>((resolve) => link.whenOpen(() => resolve()))
  link.onModuleInit()
  return { link, remote, signals, connected }
}

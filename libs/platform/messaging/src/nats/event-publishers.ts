import { Databases } from '@kilomega/database'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { LocalModules } from '../implement.js'
import { RelayConfig } from '../relay.config.js'
import { WakeUp } from '../wake-up.js'
import { EventPublisher } from './event-publisher.js'
import { EventStream } from './event-stream.js'

/** With NATS: a publisher for each module of this process. */
@Injectable()
export class EventPublishers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly publishers: EventPublisher[]

  constructor(local: LocalModules, databases: Databases, config: RelayConfig, stream: EventStream, wakeUp: WakeUp) {
    const modules = stream.enabled ? local.implementations : []
    this.publishers = modules.map(({ name }) => {
      const publisher = new EventPublisher({ database: databases.of(name), stream, config })
      wakeUp.listen(name, () => publisher.wake())
      return publisher
    })
  }

  onApplicationBootstrap(): void {
    for (const publisher of this.publishers) publisher.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.publishers.map((publisher) => publisher.stop()))
  }
}

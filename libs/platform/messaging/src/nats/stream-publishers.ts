import { Databases } from '@kilomega/database'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { LocalModules } from '../implement.js'
import { pollEvery, type Poll } from '../poll.js'
import { RelayConfig } from '../relay.config.js'
import { WakeUp } from '../wake-up.js'
import { EventStream } from './event-stream.js'
import { StreamPublisher } from './stream-publisher.js'

/** With NATS, a publisher for each module of this process. */
@Injectable()
export class StreamPublishers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly publishers: StreamPublisher[]
  private poll: Poll | undefined

  constructor(
    local: LocalModules,
    databases: Databases,
    private readonly config: RelayConfig,
    stream: EventStream,
    wakeUp: WakeUp,
  ) {
    const modules = stream.enabled ? local.implementations : []
    this.publishers = modules.map(({ name }) => {
      const publisher = new StreamPublisher(databases.of(name), stream)
      wakeUp.listen(name, () => publisher.wake())
      return publisher
    })
  }

  onApplicationBootstrap(): void {
    this.poll = pollEvery(this.config.pollMs, () => this.publishers.forEach((publisher) => publisher.wake()))
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.poll?.stop()
    await Promise.all(this.publishers.map((publisher) => publisher.stop()))
  }
}

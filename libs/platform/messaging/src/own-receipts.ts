import { Databases } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { LocalModules } from './implement.js'
import { inPortions } from './in-portions.js'
import { pollEvery, type Poll } from './poll.js'
import { forgetOwnReceipts } from './retention-statements.js'

/**
 * How long a receipt is kept whose key only the client half of a port knows, in seconds. The client half repeats a call before its deadline, at most 10 s today.
 * A message between processes is refused when its context is 60 s old, on clocks that may be 60 s apart.
 */
const keptS = 300
const everyMs = 30_000

/** Deletes the receipts of commands that cannot be repeated any more. */
@Injectable()
export class OwnReceipts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private poll: Poll | undefined
  private running: Promise<void> | undefined
  private isStopped = false

  constructor(
    private readonly modules: LocalModules,
    private readonly databases: Databases,
    private readonly signals: Signals,
  ) {}

  onApplicationBootstrap(): void {
    this.poll = pollEvery(everyMs, () => void (this.running ??= this.forget().finally(() => (this.running = undefined))))
  }

  /** A portion takes about 50 ms; a longer one rolls back when its connection is closed. */
  beforeApplicationShutdown(): void {
    this.isStopped = true
    this.poll?.stop()
  }

  /** One round over the modules of this process. A statement that fails is repeated in the next round. */
  async forget(): Promise<void> {
    for (const { name } of this.modules.implementations) {
      const round = { sql: forgetOwnReceipts, values: [keptS], isStopped: () => this.isStopped }
      await inPortions(this.databases.of(name), round).catch((error: unknown) => this.signals.emit('relay.retention-failed', { schema: name }, error))
    }
  }
}

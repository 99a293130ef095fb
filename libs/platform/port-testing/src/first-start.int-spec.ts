import { Database, DatabaseModule } from '@kilomega/database'
import { Hears, implement, Outbox } from '@kilomega/messaging'
import { type DomainEvent, event, port, query } from '@kilomega/ports'
import { job, Jobs, Runs } from '@kilomega/queue'
import { eventually, type TestDatabase } from '@kilomega/testing'
import { Injectable, Module, type OnModuleInit } from '@nestjs/common'
import type { Transaction } from '@kilomega/database'
import { z } from 'zod'
import { openPort } from './open-port.js'

abstract class DockPort extends port('dock', { length: query({ input: z.object({}), output: z.number(), timeoutMs: 1_000 }) }) {}

const Ship = z.object({ ship: z.string() })
const Docked = event('dock.docked', Ship)
const Opened = event('dock.opened', Ship)
const Unload = job('dock.unload', Ship)

const heard: string[] = []
const unloaded: string[] = []

@Injectable()
class DockService implements DockPort, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** The earliest time at which a module can emit an event. */
  async onModuleInit(): Promise<void> {
    await this.database.write((transaction) => this.outbox.add(transaction, Opened({ ship: 'first' })))
  }

  async length(): Promise<number> {
    return 1
  }
}

@Injectable()
class DockEvents {
  constructor(private readonly jobs: Jobs) {}

  @Hears(Docked)
  async unload(events: DomainEvent<{ ship: string }>[], transaction: Transaction): Promise<void> {
    await this.jobs.add(transaction, ...events.map(({ payload }) => Unload(payload)))
  }

  @Hears(Opened)
  async open(events: DomainEvent<{ ship: string }>[]): Promise<void> {
    heard.push(...events.map(({ payload }) => payload.ship))
  }
}

@Injectable()
class DockJobs {
  @Runs(Unload)
  async unload({ ship }: { ship: string }): Promise<void> {
    unloaded.push(ship)
  }
}

@Module({ imports: [DatabaseModule.forSchema('dock')], providers: [DockService, DockEvents, DockJobs] })
class DockModule {}

const dock = implement(DockPort, { module: DockModule, service: DockService, hears: [DockEvents], jobs: [DockJobs] })

/** Writes events that the previous version would have handled, before this version starts with a new kind of job. */
async function addPendingEvents(database: TestDatabase): Promise<void> {
  await database.databases.of('dock').write(async (transaction) => {
    await transaction.query(`INSERT INTO dock.subscriber (event_name, name) VALUES ('dock.docked', 'dock.unload:dock.docked')`)
    await transaction.query(
      `INSERT INTO dock.outbox (id, name, payload, request_id) SELECT uuidv7(), 'dock.docked', json_build_object('ship', 'ship-' || number), 'r' FROM generate_series(1, 20) AS number`,
    )
    await transaction.query(`INSERT INTO dock.delivery (subscriber, event_id) SELECT 'dock.unload:dock.docked', id FROM dock.outbox`)
  })
}

describe('The first start of a version', () => {
  it('does the jobs of a new kind that waiting events lead to, and handles the first events of its modules', async () => {
    const opened = await openPort(dock, { prepare: addPendingEvents })
    await eventually(() => expect(unloaded).toHaveLength(20), 10_000)
    await eventually(() => expect(heard).toEqual(['first']), 10_000)
    await opened.close()
  }, 30_000)
})

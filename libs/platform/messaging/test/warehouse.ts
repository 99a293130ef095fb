import type { Transaction } from '@kilomega/database'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { DeliveryLoops } from '../src/delivery-loops.js'
import { HandOvers } from '../src/hand-overs.js'
import { ledgerMigrations } from '../src/ledger-migrations.js'
import type { EventStream } from '../src/nats/event-stream.js'
import { PostgresOutbox } from '../src/outbox.postgres.js'
import { Relay } from '../src/relay.js'
import type { Delivery } from '../src/subscription.js'
import { WakeUp } from '../src/wake-up.js'
import { SilentBroadcast } from './silent-broadcast.js'
import { relayConfig } from './told-ships.js'

const name = 'job:warehouse.deliver'
const noStream = { enabled: false } as EventStream

export interface HandingOver {
  handedOver: Delivery[]
  handOvers: HandOvers
  stop(): Promise<void>
}

/** A harbour whose orders are handed over to a warehouse, which is done with them much later. */
export class Warehouse {
  private handOvers = new HandOvers()
  private readonly wakeUp = new WakeUp(new SilentBroadcast())
  private readonly closing: (() => Promise<void>)[] = []

  private constructor(private readonly opened: TestDatabase) {}

  static async open(): Promise<Warehouse> {
    return new Warehouse(await openDatabase({ modules: [{ schema: 'harbour', migrations: [] }], platform: ledgerMigrations }))
  }

  /** Begins to hand over, in a process of its own, in which orders are placed from now on. */
  async startHandingOver({ accept = async (): Promise<void> => undefined } = {}): Promise<HandingOver> {
    const { databases, signals, metrics } = this.opened
    const handOvers = (this.handOvers = new HandOvers())
    const loops = new DeliveryLoops(databases, relayConfig, noStream, this.wakeUp, signals)
    const relay = new Relay(loops, this.wakeUp, handOvers, metrics)
    const handedOver: Delivery[] = []
    await relay.subscribe({
      schema: 'harbour',
      eventName: name,
      subscriber: 'queue:warehouse.deliver',
      anywhere: false,
      batch: 10,
      handsOver: { usuallyMs: 60_000, againAfterMs: () => 60_000 },
      deliver: async (deliveries) => {
        await accept()
        handedOver.push(...deliveries)
      },
    })
    const stop = (): Promise<void> => relay.beforeApplicationShutdown()
    this.closing.push(stop)
    return { handedOver, handOvers, stop }
  }

  order(...goods: string[]): Promise<void> {
    return this.opened.databases.of('harbour').write((transaction) => this.append(transaction, goods))
  }

  orderAndFail(...goods: string[]): Promise<void> {
    return this.opened.databases.of('harbour').write(async (transaction) => {
      await this.append(transaction, goods)
      throw new Error('sunk')
    })
  }

  owed(): Promise<{ attempts: number; dueInMs: number }[]> {
    const sql = `SELECT attempts, extract(epoch FROM due_at - now())::float * 1000 AS "dueInMs" FROM harbour.delivery`
    return this.opened.databases.of('harbour').read((queryable) => queryable.query<{ attempts: number; dueInMs: number }>(sql))
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close()
    await this.opened.close()
  }

  private append(transaction: Transaction, goods: readonly string[]): Promise<void> {
    return new PostgresOutbox(this.wakeUp, this.handOvers).append(
      transaction,
      goods.map((payload) => ({ name, payload })),
    )
  }
}

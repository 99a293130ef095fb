import { EventEmitter } from 'node:events'
import type { EntityClient } from './entity-client.js'

type Connected = (error: undefined, client: EntityClient, release: () => void) => void

/** What TypeORM gets in the place of a pool of `pg`. A client costs nothing until its first statement, so TypeORM starts without a server too. */
export class EntityPool extends EventEmitter {
  constructor(private readonly open: () => EntityClient) {
    super()
  }

  connect(connected: Connected): void {
    const client = this.open()
    connected(undefined, client, () => client.release())
  }

  end(ended: () => void): void {
    ended()
  }
}

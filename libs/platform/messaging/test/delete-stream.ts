import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { streamName } from '../src/nats/subjects.js'

/** Deletes the stream of domain events with all its events and consumers. Does nothing if there is no stream. */
export async function deleteStream(url: string): Promise<void> {
  const connection = await connect({ servers: url })
  const manager = await jetstreamManager(connection)
  const streams = await manager.streams.names().next()
  if (streams.includes(streamName)) await manager.streams.delete(streamName)
  await connection.close()
}

import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { streamName } from '../src/nats/subjects.js'

/** Takes the stream of domain events away with all that is in it and all that hear it. Does nothing where there is none. */
export async function deleteStream(url: string): Promise<void> {
  const connection = await connect({ servers: url })
  const manager = await jetstreamManager(connection)
  const streams = await manager.streams.names().next()
  if (streams.includes(streamName)) await manager.streams.delete(streamName)
  await connection.close()
}

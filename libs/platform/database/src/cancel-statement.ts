import { connect } from 'node:net'
import type { PoolClient } from 'pg'

const withinMs = 1_000
/** Version field of a CancelRequest, from the PostgreSQL wire protocol. */
const cancelRequest = 80_877_102

/** pg keeps these values from the server for this purpose. */
interface Cancellable {
  host: string
  port: number
  processID: number
  secretKey: number
}

/**
 * Asks the server to cancel the statement that a connection is running. A CancelRequest needs no connection slot and no login, so unlike `pg_cancel_backend`
 * it also works when all slots are taken. The server hangs up once it has sent the signal: from then on the cancellation cannot hit the next statement. Never
 * rejects.
 */
export async function cancelStatement(client: PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as unknown as Cancellable
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  socket.setTimeout(withinMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('connect', () => socket.write(message(processID, secretKey)))
  socket.resume()
  // Not `once` of node:events: it rejects on an error, and a port that refuses the connection is one.
  await new Promise((resolve) => socket.on('close', resolve))
}

function message(processId: number, secretKey: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeInt32BE(16, 0)
  bytes.writeInt32BE(cancelRequest, 4)
  bytes.writeInt32BE(processId, 8)
  bytes.writeInt32BE(secretKey, 12)
  return bytes
}

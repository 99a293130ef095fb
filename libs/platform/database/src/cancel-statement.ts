import { connect } from 'node:net'
import type { PoolClient } from 'pg'

const withinMs = 1_000
/** Version field of a CancelRequest, by the wire protocol of PostgreSQL. */
const cancelRequest = 80_877_102

/** pg keeps what the server told it for this purpose. */
interface Cancellable {
  host: string
  port: number
  processID: number
  secretKey: number
}

/**
 * Asks the server to cancel what a connection runs. A CancelRequest needs no connection slot and no log-in, so it also works when all of them are
 * taken, unlike `pg_cancel_backend`. The server hangs up once the signal is sent: after that the next statement is safe from it. Never rejects.
 */
export async function cancelStatement(client: PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as unknown as Cancellable
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  socket.setTimeout(withinMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('connect', () => socket.write(message(processID, secretKey)))
  socket.resume()
  // Not `once` of node:events, which rejects at an error: a port that refuses is one.
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

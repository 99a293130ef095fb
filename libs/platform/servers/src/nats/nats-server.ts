import { randomBytes } from 'node:crypto'
import type { ServerPlace } from '../find-server.js'
import { NativeServer, startServer } from '../native-server.js'
import { answerOf } from './nats-answer.js'
import { natsLaunch } from './nats-launch.js'

export interface NatsServerOptions {
  /** Holds JetStream's store, the configuration, `log` and `pid`; created if missing. A later start there finds the streams again. */
  folder: string
  /** 0 picks any free port. */
  port: number
  /** In nats-server's own language: users, permissions, limits. If omitted, everyone on this machine may do everything. */
  configuration?: string | undefined
  /** The answer of `findServer('nats-server')`; looked up again if omitted. */
  place?: ServerPlace
}

/** A real nats-server with JetStream. Its monitoring port stays closed unless the configuration opens it. */
export class NatsServer extends NativeServer {
  /** Resolves when the server answers (at most 10 s). Rejects with a `ServerError` that contains the server's last output. */
  static async start({ configuration, ...where }: NatsServerOptions): Promise<NatsServer> {
    const started = await startServer({ name: 'nats-server', ...where }, ({ program, folder, port }) => {
      const name = `kilomega-${randomBytes(6).toString('hex')}`
      return {
        launch: natsLaunch(program, { folder, port, name, configuration }),
        answer: async (process) => (await answerOf(process, { name, port, folder })).version,
      }
    })
    return new NatsServer(started)
  }

  /** Without user and password. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }
}

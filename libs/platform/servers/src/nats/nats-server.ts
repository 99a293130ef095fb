import { randomBytes } from 'node:crypto'
import type { ServerPlace } from '../find-server.js'
import { NativeServer, startServer } from '../native-server.js'
import { answerOf } from './nats-answer.js'
import { natsLaunch } from './nats-launch.js'

export interface NatsServerOptions {
  /** Holds JetStream's store, the configuration, `log` and `pid`; made when absent. A later start there finds the streams again. */
  folder: string
  /** 0 takes any free port. */
  port: number
  /** In nats-server's own language: users, permissions, limits. Without it everybody on this machine may do everything. */
  configuration?: string | undefined
  /** What `findServer('nats-server')` answered; asked anew when absent. */
  place?: ServerPlace
}

/** A real nats-server with JetStream. Its monitoring port stays closed unless the configuration opens it. */
export class NatsServer extends NativeServer {
  /** Resolves when the server answers (at most 10 s). Rejects with a `ServerError` that has the server's last words. */
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

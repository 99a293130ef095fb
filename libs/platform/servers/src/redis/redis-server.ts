import type { ServerPlace } from '../find-server.js'
import { NativeServer, startServer } from '../native-server.js'
import { answerOf } from './redis-answer.js'
import { redisLaunch, type RedisSettings } from './redis-launch.js'

export interface RedisServerOptions {
  /** Holds the append-only file, `log` and `pid`; created if missing. A later start there finds the keys again. */
  folder: string
  /** 0 picks any free port. */
  port: number
  settings?: RedisSettings
  /** The answer of `findServer('redis-server')`; looked up again if omitted. */
  place?: ServerPlace
}

/** A real redis-server, set up as a queue needs it unless the settings say otherwise. */
export class RedisServer extends NativeServer {
  /** Resolves when the server answers (at most 20 s). Rejects with a `ServerError` that contains the server's last output. */
  static async start({ settings = {}, ...where }: RedisServerOptions): Promise<RedisServer> {
    const started = await startServer({ name: 'redis-server', ...where }, ({ program, folder, port }) => ({
      launch: redisLaunch(program, { folder, port, settings }),
      answer: (process) => answerOf(process, { port, folder, pid: program.place === 'path' ? process.pid : undefined }),
    }))
    return new RedisServer(started)
  }

  /** The URL of its first database. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }
}

import type { AddressInfo, Server, Socket } from 'node:net'
import type { Server as HttpServer } from 'node:http'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError } from '@kilomega/config'
import { Health } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance } from 'fastify'
import { internalServer } from './create-http.js'
import type { HttpConfig } from './http.config.js'

/** In milliseconds: how long a client may take to finish sending a request after the process has started to stop. */
const partialRequestMs = 500

/** Where a process can be reached. */
export interface HttpAddresses {
  /** Absent if the application serves no controllers of its own. */
  public?: string
  internal: string
}

/** The ports of a process: opened when it is ready, drained when it stops. */
@Injectable()
export class HttpListeners implements BeforeApplicationShutdown {
  private readonly fastify: FastifyInstance
  private readonly internal: HttpServer
  private readonly config: HttpConfig
  private sweeping: NodeJS.Timeout | undefined

  constructor(
    { httpAdapter }: HttpAdapterHost,
    private readonly health: Health,
  ) {
    this.fastify = httpAdapter.getInstance<FastifyInstance>()
    this.config = this.fastify.edge.config
    this.internal = internalServer(this.fastify.edge, (request, response) => this.fastify.routing(request, response))
    this.watch(this.fastify.server)
    this.watch(this.internal)
  }

  /** Opens the internal port first, so that a client that sees the public one open can also ask about health. */
  async listen(): Promise<HttpAddresses> {
    const { host, port, internalHost, internalPort } = this.config
    await this.fastify.ready()
    this.sweeping = setInterval(() => this.fastify.edge.sweep(), sweepEveryMs(this.config)).unref()
    const internal = await open(this.internal, { host: internalHost, port: internalPort, variable: 'HTTP_INTERNAL_PORT' })
    if (!this.fastify.edge.isPublic) return { internal }
    return { public: await open(this.fastify.server, { host, port, variable: 'HTTP_PORT' }), internal }
  }

  /**
   * First readiness fails. Requests are accepted for another `preStopMs`, and answers ask clients to close. Then no new connections are accepted, and
   * requests in flight are awaited. The caller holds the budget: when `cut` aborts, everything still open is closed.
   */
  async drain(cut?: AbortSignal): Promise<void> {
    const { traffic, connections } = this.fastify.edge
    cut?.addEventListener('abort', () => [...connections.sockets()].forEach((socket) => socket.destroy()), { once: true })
    this.health.drain()
    traffic.close()
    if (this.config.preStopMs > 0) await wait(this.config.preStopMs)
    await this.close(this.fastify.server)
    await this.close(this.internal)
  }

  /** If nothing was drained before (a failed start, a test), no port is left open. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping)
    for (const server of [this.fastify.server, this.internal]) {
      if (!server.listening) continue
      const closed = once(server, 'close')
      server.close()
      for (const socket of this.fastify.edge.connections.sockets()) socket.destroy()
      await closed
    }
  }

  private async close(server: HttpServer): Promise<void> {
    if (!server.listening) return
    const { traffic, connections } = this.fastify.edge
    const closed = once(server, 'close')
    server.close()
    // Browsers open connections in advance, and Node does not count one as idle before its first request.
    for (const socket of connections.sockets()) if (socket.bytesRead === 0) socket.destroy()
    do {
      await traffic.whenIdle()
      await Promise.race([closed, wait(partialRequestMs, undefined, { ref: false })])
    } while (traffic.inFlight > 0)
    server.closeAllConnections()
    await closed
  }

  private watch(server: HttpServer): void {
    server.on('connection', (socket: Socket) => {
      socket.once('close', () => this.fastify.edge.traffic.forget(socket))
    })
  }
}

/** In milliseconds: often enough that no client stays more than a quarter over its limit. */
const sweepEveryMs = ({ budgetMs, stallMs }: HttpConfig): number => Math.min(1_000, budgetMs / 4, stallMs / 4)

interface ListenAddress {
  host: string
  port: number
  variable: string
}

async function open(server: Server, { host, port, variable }: ListenAddress): Promise<string> {
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    throw new ConfigError([{ variable, message: `${host}:${port} cannot be opened: ${reasonOf(error as NodeJS.ErrnoException)}` }])
  }
  const { address, port: opened } = server.address() as AddressInfo
  return `http://${['0.0.0.0', '::', '127.0.0.1'].includes(address) ? 'localhost' : address}:${opened}`
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  ({ EADDRINUSE: 'another process uses it; stop that one or choose another port', EACCES: 'this user has no permission; choose a port above 1023' })[
    code ?? ''
  ] ?? message

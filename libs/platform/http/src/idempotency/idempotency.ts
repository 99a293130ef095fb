import { createHash } from 'node:crypto'
import { type Databases } from '@kilomega/database'
import type { Signals } from '@kilomega/observability'
import { CurrentCall, originOf, runCall, system } from '@kilomega/ports'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { addLateHeaders } from '../answer.js'
import { FreshnessTokens } from '../freshness-tokens.js'
import type { HttpConfig } from '../http.config.js'
import { principalOf } from '../principal.js'
import type { Route } from '../route.js'
import { IdempotencyTable, type KeptAnswer, type Lease } from './idempotency-table.js'

/** Headers that describe the effect; all others belong to the current request. */
const keptHeaders = ['content-type', 'location', 'etag'] as const
const replayed = 'idempotency-replayed'
/** In milliseconds, from the start of a request: taking its key is one statement. A database that takes longer hangs, and then nobody waits for it. */
const takeWithinMs = 5_000
/** In milliseconds: an answer is kept, or its key released, within this time or not at all. */
const settleWithinMs = 2_000

/** Routes on which a repeat gets the answer of the first request. Anonymous callers have no keys, and secrets are never stored. */
export const isReplayable = ({ method, access, replay = true }: Route): boolean => method === 'POST' && access !== 'anyone' && replay

/**
 * One effect for each `Idempotency-Key` of a caller and a route. The first request takes the key for a limited time, and its answer is stored with the key
 * before it is sent; a repeat gets the same answer. Only answers with an effect are stored: a refusal changed nothing, so a repeat is judged again. Uploads
 * are read again and answered from the receipt of their module, which recognises them by their bytes; this includes their refusals.
 *
 * If the process dies between effect and answer, a repeat takes over the key after the lease and runs the command again; the receipt in the module then gives
 * the outcome of the first run. If the answer cannot be stored, it is sent all the same: again a repeat finds the receipt. Without the header there is no
 * extra work and no statement.
 */
export class Idempotency {
  private readonly table: IdempotencyTable
  private readonly freshness: FreshnessTokens
  private readonly leases = new WeakMap<FastifyRequest, Lease>()
  /** Uploads that were answered before. Their bytes are read again, and the receipt of the module shows whether they are the same. */
  private readonly repeats = new WeakSet<FastifyRequest>()

  constructor(
    databases: Databases,
    private readonly config: HttpConfig,
    private readonly signals: Signals,
  ) {
    this.table = new IdempotencyTable(databases.of('platform'), config.idempotencyLeaseMs)
    this.freshness = new FreshnessTokens(config)
  }

  /** Adds hooks to the routes that are registered from now on, but only to those that replay: a hook costs time on every request of its route. */
  attach(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (options) => {
      const route = options.config?.route
      if (route === undefined || !isReplayable(route)) return
      options.preValidation = [
        ...[options.preValidation ?? []].flat(),
        (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => this.begin(route, request, reply, done),
      ] as never
      options.onSend = [...[options.onSend ?? []].flat(), this.end.bind(this)] as never
    })
  }

  /** Deletes answers older than `HTTP_IDEMPOTENCY_KEEP_HOURS`. */
  forget(): Promise<void> {
    return this.table.forget(this.config.idempotencyKeepHours)
  }

  private begin(route: Route, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    if (request.headers['idempotency-key'] === undefined) return done()
    let call: CurrentCall
    try {
      const origin = originOf('Idempotency-Key of ' + request.edge.name)
      call = request.edge.call(request.headers, { budgetMs: Math.min(this.config.budgetMs, takeWithinMs), origin })
    } catch (error) {
      return done(error as Error)
    }
    const attempt = {
      principal: principalOf(call.actor),
      route: `${route.method} ${request.edge.routeUrl}`,
      key: call.key!,
      bodyHash: hashOf(request),
    }
    runCall(call, () => this.table.take(attempt)).then(
      (taken) => {
        addLateHeaders(reply, () => this.freshness.headersOf(call.freshness, request.headers))
        this.proceed(taken, request, reply, done)
      },
      (error: Error) => done(error),
    )
  }

  private proceed(taken: Lease | KeptAnswer, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    if (!('status' in taken)) this.leases.set(request, taken)
    else if (isUpload(request)) this.repeats.add(request)
    else return void reply.status(taken.status).headers(taken.headers).header(replayed, 'true').send(taken.body)
    done()
  }

  /** Runs before the answer is sent: a client that has it can rely on a repeat. */
  private async end(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    if (this.repeats.has(request) && succeeded(reply)) reply.header(replayed, 'true')
    const lease = this.leases.get(request)
    if (lease === undefined) return payload
    this.leases.delete(request)
    try {
      await runCall(settling(request), () => this.settle(lease, reply, payload))
    } catch (error) {
      this.signals.emit('http.answer-not-kept', { route: lease.route }, error)
    }
    return payload
  }

  private settle(lease: Lease, reply: FastifyReply, payload: unknown): Promise<void> {
    if (!succeeded(reply)) return this.table.release(lease)
    const headers = keptHeaders.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))] as const] : []))
    return this.table.keep(lease, { status: reply.statusCode, headers: Object.fromEntries(headers), body: textOf(payload) })
  }
}

/** The answer waits for it, and the time of the request may be spent already. */
const settling = ({ edge: { trace } }: FastifyRequest): CurrentCall =>
  new CurrentCall({ actor: system, trace, deadlineMs: performance.now() + settleWithinMs })

const succeeded = ({ statusCode }: FastifyReply): boolean => statusCode >= 200 && statusCode < 300

const isUpload = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config.route?.upload === true

/** The bytes of an upload arrive after the key was taken; the receipt of its module compares them. */
function hashOf(request: FastifyRequest): string {
  const { body, params, query, headers } = request
  const sent = isUpload(request) ? [] : [body === undefined ? (headers['content-length'] ?? null) : body]
  return createHash('sha256')
    .update(JSON.stringify([params, query, ...sent]))
    .digest('base64url')
}

const textOf = (payload: unknown): string => (payload === null || payload === undefined ? '' : String(payload))

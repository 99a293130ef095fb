import type { Outcome } from './outcomes.js'

export interface TestRequest {
  /** The name under which it is counted. */
  kind: string
  method?: string
  path: string
  token?: string
  json?: unknown
  headers?: Record<string, string>
  /** Called with the body of a 2xx answer. */
  onBody?: (text: string) => void
}

export interface LoadOptions {
  url: string
  perSecond: number
  /** For each request, from when it is sent. One that takes longer ends as `TimeoutError`. */
  deadlineMs: number
  /** The request that is due as number `index`, from 0. */
  next: (index: number) => TestRequest
}

const tickMs = 5

/**
 * An open loop: requests start when they are due, however many are still in flight, so a slow answer never reduces the load. Nothing is sent twice.
 * Requests that came due while this process was busy are sent at once and timed from when they were due.
 */
export class Load {
  readonly outcomes: Outcome[] = []
  private readonly began = performance.now()
  private readonly underWay = new Set<Promise<void>>()
  private readonly timer: NodeJS.Timeout
  private sent = 0

  private constructor(private readonly options: LoadOptions) {
    this.timer = setInterval(() => this.sendWhatIsDue(), tickMs)
  }

  static start(options: LoadOptions): Load {
    return new Load(options)
  }

  /** Milliseconds since the start: the clock of the outcomes. */
  nowMs(): number {
    return performance.now() - this.began
  }

  /** Sends no more requests, and resolves with all outcomes when every request has finished. */
  async stop(): Promise<Outcome[]> {
    this.sendWhatIsDue()
    clearInterval(this.timer)
    await Promise.all(this.underWay)
    return this.outcomes
  }

  private sendWhatIsDue(): void {
    const everyMs = 1_000 / this.options.perSecond
    for (; this.sent * everyMs <= this.nowMs(); this.sent += 1) {
      const request = this.send(this.sent, this.sent * everyMs)
      this.underWay.add(request)
      void request.finally(() => this.underWay.delete(request))
    }
  }

  private async send(index: number, dueMs: number): Promise<void> {
    const request = this.options.next(index)
    const end = await endOf(request, this.options)
    this.outcomes.push({ kind: request.kind, index, dueMs, endMs: this.nowMs(), ...end })
  }
}

async function endOf(request: TestRequest, { url, deadlineMs }: LoadOptions): Promise<Pick<Outcome, 'status' | 'code'>> {
  const { method = 'GET', path, token, json, headers } = request
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(deadlineMs),
    })
    const text = await response.text()
    if (!response.ok) return { status: response.status, ...codeIn(text) }
    request.onBody?.(text)
    return { status: response.status }
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return { code: cause?.code ?? name }
  }
}

/** An answer that is not from the API (from a balancer, a proxy) has no code. */
function codeIn(text: string): { code?: string } {
  try {
    const { code } = JSON.parse(text) as { code?: string }
    return code === undefined ? {} : { code }
  } catch {
    return {}
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type ApiAnswer, type ApiRequest, problemText, Unreachable } from '../api/http-client.js'
import { Failure } from '../failure.js'
import type { BadLine, Batch } from './batches.js'
import type { Throttle } from './throttle.js'

/** The result of a batch; rejected documents are reported by line number. */
export interface BatchResult {
  created: number
  unchanged: number
  rejected: BadLine[]
}

const Answer = z.object({
  created: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ index: z.int(), code: z.string(), message: z.string() })),
})

/** How long the API may be unreachable before the import gives up: enough for a restart, short enough to notice. */
const awayLimitMs = 120_000
const requestTimeoutMs = 30_000
/** 503: full or starting; 429: our own quota; 504: out of time. Sending a batch again is safe: the API recognizes documents by their key. */
const temporary = new Set([429, 502, 503, 504])
/** One bad document may cause the whole request to be refused, for example text that the edge rejects before it looks at single documents. */
const blamesContent = new Set([400, 413, 422])

type Send = (request: ApiRequest) => Promise<ApiAnswer>

/** Sends one batch until it is answered. While the API is full or unreachable, waits as long as it asks. */
export class BatchSender {
  constructor(
    private readonly send: Send,
    private readonly throttle: Throttle,
    private readonly wait: (ms: number) => Promise<unknown> = sleep,
  ) {}

  async deliver(batch: Batch): Promise<BatchResult> {
    if (batch.documents.length === 0) return { created: 0, unchanged: 0, rejected: batch.badLines }
    let waitedMs = 0
    for (let attempt = 1; ; attempt++) {
      const answer = await this.attempt(batch)
      if (!(answer instanceof Unreachable) && answer.status === 200) {
        this.throttle.succeeded()
        return resultOf(batch, answer)
      }
      if (!(answer instanceof Unreachable) && blamesContent.has(answer.status)) return this.deliverParts(batch, answer)
      if (!(answer instanceof Unreachable) && !temporary.has(answer.status)) throw new Failure(`The import was refused with ${problemText(answer)}`)
      if (waitedMs >= awayLimitMs) throw answer instanceof Unreachable ? answer : new Failure(`The API stays unavailable: ${problemText(answer)}`)
      this.throttle.refused()
      const pauseMs = pauseBefore(attempt, answer)
      await this.wait(pauseMs)
      waitedMs += pauseMs
    }
  }

  /** Splits the batch in half until one document is left to blame; all others are published. */
  private async deliverParts({ documents, lines, badLines, lastLine }: Batch, refusal: ApiAnswer): Promise<BatchResult> {
    if (documents.length === 1)
      return { created: 0, unchanged: 0, rejected: inOrder([...badLines, { line: lines[0]!, problem: refusalText(refusal) }]) }
    const middle = Math.ceil(documents.length / 2)
    const part = (from: number, to?: number) =>
      this.deliver({ documents: documents.slice(from, to), lines: lines.slice(from, to), badLines: [], lastLine })
    const [first, second] = [await part(0, middle), await part(middle)]
    return {
      created: first.created + second.created,
      unchanged: first.unchanged + second.unchanged,
      rejected: inOrder([...badLines, ...first.rejected, ...second.rejected]),
    }
  }

  private async attempt({ documents }: Batch): Promise<ApiAnswer | Unreachable> {
    try {
      return await this.send({ method: 'POST', path: '/v1/imports/posts', json: { documents }, timeoutMs: requestTimeoutMs })
    } catch (error) {
      if (error instanceof Unreachable) return error
      throw error
    }
  }
}

/** As long as Retry-After asks; otherwise 0.25 s, doubled after each attempt, at most 5 s. */
function pauseBefore(attempt: number, answer: ApiAnswer | Unreachable): number {
  const askedS = answer instanceof Unreachable ? 0 : Number(answer.headers.get('retry-after') ?? 0)
  return askedS > 0 ? askedS * 1_000 : Math.min(250 * 2 ** (attempt - 1), 5_000)
}

function resultOf({ lines, badLines }: Batch, { body }: ApiAnswer): BatchResult {
  const { created, unchanged, rejected } = Answer.parse(body)
  const refused = rejected.map(({ index, code, message }) => ({ line: lines[index] ?? 0, problem: `${code}: ${message}` }))
  return { created, unchanged, rejected: inOrder([...badLines, ...refused]) }
}

const inOrder = (badLines: BadLine[]): BadLine[] => badLines.sort((a, b) => a.line - b.line)

/** In the API's own wording for a document that it rejects. */
const refusalText = (answer: ApiAnswer): string => problemText(answer).replace(/^\d+ (?=[A-Z])/, '')

import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiAnswer, type ApiRequest, type HttpClient, problemText } from '../api/http-client.js'
import { Failure } from '../failure.js'

/** One stop of the tour: the request, the answer, and how long it took. */
export interface Stop {
  what: string
  asked: string
  answered: string
  tookMs: number
  passed: boolean
}

/** The request of one stop, and the check of its answer. */
export interface Question<T> {
  what: string
  request: ApiRequest
  status: number
  /** Takes from the answer what the next stops need; throws a Failure if the answer is not the expected one. */
  read: (answer: ApiAnswer) => { value: T; says: string }
  /** For a result that appears by itself within seconds: asks again until the answer fits. */
  polls?: boolean
}

/** What follows a commit (mail, renditions, the index) may take this many milliseconds. */
const pollLimitMs = 20_000
const pollEveryMs = 150

/** Sends the requests of the tour in order and records the answers. */
export class Walk {
  readonly stops: Stop[] = []

  constructor(private readonly onStop: (stop: Stop) => void) {}

  async ask<T>(client: HttpClient, question: Question<T>): Promise<T> {
    const began = performance.now()
    const { value, ...outcome } = await this.outcome(client, question, began)
    const { method, path } = question.request
    const stop = { what: question.what, asked: `${method} ${path}`, tookMs: performance.now() - began, ...outcome }
    this.stops.push(stop)
    this.onStop(stop)
    if (!stop.passed) throw new Failure(`The tour ends here: ${question.what}: ${stop.answered}`)
    return value as T
  }

  private async outcome<T>(client: HttpClient, question: Question<T>, began: number): Promise<{ passed: boolean; answered: string; value?: T }> {
    for (;;) {
      const outcome = judge(await client.call(question.request), question)
      const waited = performance.now() - began
      if (outcome.passed || question.polls !== true || waited > pollLimitMs) return outcome
      await sleep(pollEveryMs)
    }
  }
}

function judge<T>(answer: ApiAnswer, { status, read }: Question<T>): { passed: boolean; answered: string; value?: T } {
  if (answer.status !== status) return { passed: false, answered: `${problemText(answer)}, expected ${status}` }
  try {
    const { value, says } = read(answer)
    return { passed: true, answered: `${answer.status} ${says}`.trim(), value }
  } catch (error) {
    if (error instanceof Failure || error instanceof TypeError) return { passed: false, answered: `${answer.status} ${error.message}` }
    throw error
  }
}

/** For stops whose answer has no content, or none that matters. */
export const nothing = () => ({ value: undefined, says: '' })

/** Fails unless the condition holds; the words describe the actual answer. */
export function expectThat(holds: boolean, words: string): void {
  if (!holds) throw new Failure(words)
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiAnswer, type ApiRequest, type HttpClient, problemText } from '../api/http-client.js'
import { Failure } from '../failure.js'

/** One stop of the tour: what was asked, what came back, how long it took. */
export interface Stop {
  what: string
  asked: string
  answered: string
  tookMs: number
  passed: boolean
}

/** What one stop asks for, and when its answer is the right one. */
export interface Question<T> {
  what: string
  request: ApiRequest
  status: number
  /** Takes from the answer what the next stops need; throws a Failure that says what differs. */
  read: (answer: ApiAnswer) => { value: T; says: string }
  /** Where the answer comes by itself within seconds: asked again until it fits. */
  patient?: boolean
}

/** What follows a commit (mail, renditions, the index) may take this long. */
const patienceMs = 20_000
const askAgainMs = 150

/** Asks the questions of the tour one after the other and keeps what was answered. */
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
      if (outcome.passed || question.patient !== true || waited > patienceMs) return outcome
      await sleep(askAgainMs)
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

/** States what an answer should be; the words tell what it is instead. */
export function expectThat(holds: boolean, words: string): void {
  if (!holds) throw new Failure(words)
}

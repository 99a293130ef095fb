import { type Agent, get } from 'node:http'

const everyMs = 50
const answersWithinMs = 1_000
/** After this many checks in a row without an answer a backend is not ready: Kubernetes' own default. A single one happens on a busy machine. */
const unansweredLimit = 3

/** Checks at intervals whether a backend is ready: it is after a 2xx, and is not after another answer, a broken connection, or three time-outs in a row. */
export class Readiness {
  private ready = false
  private unanswered = 0
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(
    private readonly url: string,
    private readonly agent: Agent,
  ) {
    this.ask()
  }

  isReady(): boolean {
    return this.ready
  }

  stop(): void {
    this.stopped = true
    this.ready = false
    clearTimeout(this.timer)
  }

  private ask(): void {
    const request = get(this.url, { agent: this.agent, timeout: answersWithinMs }, (answer) => {
      answer.resume()
      answer.on('error', () => undefined)
      this.unanswered = 0
      this.settle(answer.statusCode! >= 200 && answer.statusCode! < 300)
    })
    let late = false
    request.on('timeout', () => {
      late = true
      request.destroy(new Error('no answer'))
    })
    request.on('error', () => this.fail(late))
  }

  private fail(late: boolean): void {
    this.unanswered = late ? this.unanswered + 1 : 0
    this.settle(this.ready && late && this.unanswered < unansweredLimit)
  }

  private settle(ready: boolean): void {
    if (this.stopped) return
    this.ready = ready
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), everyMs)
  }
}

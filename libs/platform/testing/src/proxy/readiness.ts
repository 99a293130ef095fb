import { type Agent, get } from 'node:http'

const everyMs = 50
/** A backend that needs longer to say that it is ready is not. */
const answersWithinMs = 1_000

/** Asks a backend again and again whether it is ready: it is after a 2xx, and is not after anything else. */
export class Readiness {
  private ready = false
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
      this.settle(answer.statusCode! >= 200 && answer.statusCode! < 300)
    })
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', () => this.settle(false))
  }

  private settle(ready: boolean): void {
    if (this.stopped) return
    this.ready = ready
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), everyMs)
  }
}

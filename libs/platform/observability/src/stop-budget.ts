import { Injectable } from '@nestjs/common'
import { Signals } from './signals.js'
import { StopShare } from './stop-share.js'

/** Parts of a stop in their order: each may take its percentage of the time and what those before it have left over. 4 % remain for the end itself. */
const percentOf = { http: 40, ports: 8, workers: 28, ledger: 12, pools: 8 } as const

export type StopPart = keyof typeof percentOf

/**
 * The time that a process may take to stop, in shares: what is slow in one part cannot keep the later ones from stopping in order. Whoever works in the
 * background begins nothing more once `begun` has aborted, and leaves what is at work when the share of its part is over.
 */
@Injectable()
export class StopBudget {
  private readonly beginning = new AbortController()
  private readonly shares: Readonly<Record<StopPart, StopShare>>
  /** Aborts when the process begins to stop. */
  readonly begun = this.beginning.signal

  constructor(signals: Signals) {
    const share = (part: StopPart) => new StopShare(part, signals)
    this.shares = { http: share('http'), ports: share('ports'), workers: share('workers'), ledger: share('ledger'), pools: share('pools') }
  }

  /** Without limits until `begin`: an application that a test closes takes the time it needs. */
  share(part: StopPart): StopShare {
    return this.shares[part]
  }

  /** The stop begins now. Of all the time, `servingMs` are no work yet: requests are still accepted. */
  begin(budgetMs: number, servingMs = 0): void {
    const [nowMs, workMs] = [performance.now(), Math.max(0, budgetMs - servingMs)]
    let percent = 0
    for (const [part, percentage] of Object.entries(percentOf) as [StopPart, number][]) {
      percent += percentage
      this.shares[part].endAt(nowMs + servingMs + (workMs * percent) / 100)
    }
    this.beginning.abort()
  }
}

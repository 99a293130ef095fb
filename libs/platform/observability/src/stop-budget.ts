import { Injectable } from '@nestjs/common'
import { Signals } from './signals.js'
import { StopShare } from './stop-share.js'

/** Parts of a stop in order: each may take its percentage of the time and whatever the parts before it have left over. 4 % remain for the end itself. */
const percentOf = { http: 40, ports: 8, workers: 28, ledger: 12, pools: 8 } as const

export type StopPart = keyof typeof percentOf

/**
 * The time that a process may take to stop, divided into shares, so that slow work in one part cannot keep later parts from stopping in order. Background
 * workers start nothing more once `begun` has aborted, and abandon running work when the share of their part has ended.
 */
@Injectable()
export class StopBudget {
  private readonly beginning = new AbortController()
  private readonly shares: Readonly<Record<StopPart, StopShare>>
  /** Aborts when the process starts to stop. */
  readonly begun = this.beginning.signal

  constructor(signals: Signals) {
    const share = (part: StopPart) => new StopShare(part, signals)
    this.shares = { http: share('http'), ports: share('ports'), workers: share('workers'), ledger: share('ledger'), pools: share('pools') }
  }

  /** Unlimited until `begin`: an application that a test closes takes the time it needs. */
  share(part: StopPart): StopShare {
    return this.shares[part]
  }

  /** Starts the stop. During the first `servingMs` of the time requests are still accepted, so the parts do not start yet. */
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

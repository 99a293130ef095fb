import { Injectable } from '@nestjs/common'

/**
 * Who may be at work together in this process. A job that was at work when its process died may be why it died: it is let in alone, so that the next death
 * is its own fault and nobody else's.
 */
@Injectable()
export class Company {
  private inside = 0
  private lone = false
  private waiting: { alone: boolean; enter: () => void }[] = []

  /** Runs the work when it may come in; in the order of asking, so that who must be alone is not kept waiting for ever. */
  async with<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    if (this.waiting.length > 0 || !this.isFreeFor(alone)) await new Promise<void>((enter) => this.waiting.push({ alone, enter }))
    else this.enter(alone)
    try {
      return await work()
    } finally {
      this.inside -= 1
      this.lone = false
      this.letIn()
    }
  }

  private isFreeFor(alone: boolean): boolean {
    return !this.lone && (!alone || this.inside === 0)
  }

  private enter(alone: boolean): void {
    this.inside += 1
    this.lone = alone
  }

  private letIn(): void {
    for (let next = this.waiting[0]; next !== undefined && this.isFreeFor(next.alone); next = this.waiting[0]) {
      this.waiting.shift()
      this.enter(next.alone)
      next.enter()
    }
  }
}

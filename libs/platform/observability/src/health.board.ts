import { Injectable } from '@nestjs/common'
import { Health, type HealthCheck, type HealthReport } from './health.js'

/** In milliseconds: how long one check may take; after that it counts as down. */
const deadlineMs = 1_000
/** In milliseconds: how old a report may be, so that probes may come as often as they like. */
const freshMs = 1_000

type CheckReport = HealthReport['checks'][number]

/** Runs all checks at once, each with a deadline, and gives the same report to every caller within a second. */
@Injectable()
export class HealthBoard extends Health {
  private readonly checks: HealthCheck[] = []
  private draining = false
  private askedMs = -Infinity
  private asked: Promise<CheckReport[]> = Promise.resolve([])

  register(check: HealthCheck): void {
    this.checks.push(check)
    this.askedMs = -Infinity
  }

  drain(): void {
    this.draining = true
  }

  async report(): Promise<HealthReport> {
    const now = performance.now()
    if (now - this.askedMs > freshMs) {
      this.askedMs = now
      this.asked = Promise.all(this.checks.map(ask))
    }
    const checks = await this.asked
    return { ready: !this.draining && checks.every(({ required, up }) => up || !required), checks }
  }
}

async function ask({ name, required, check }: HealthCheck): Promise<CheckReport> {
  try {
    await inTime(check())
    return { name, required, up: true }
  } catch (error) {
    return { name, required, up: false, problem: error instanceof Error ? error.message : String(error) }
  }
}

function inTime(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

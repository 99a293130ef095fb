import { Injectable } from '@nestjs/common'
import { collectDefaultMetrics, Counter as PromCounter, Gauge, Registry } from 'prom-client'
import { ArrayHistogram } from './histogram.js'
import { type Counter, type Histogram, Metrics } from './metrics.js'

/** The metrics of this process, with a separate registry, so that two applications in one test do not share metrics. */
@Injectable()
export class ProcessMetrics extends Metrics {
  private readonly registry = new Registry()
  private readonly histograms = new Map<string, ArrayHistogram>()

  constructor() {
    super()
    collectDefaultMetrics({ register: this.registry })
  }

  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    const counter = new PromCounter({ name, help, labelNames: labels, registers: [this.registry] })
    return { add: (value = 1, ...values) => counter.labels(...values).inc(value) }
  }

  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await valueOrNothing(read))
      },
    })
  }

  histogram(name: string, help: string, labels: readonly string[] = []): Histogram {
    if (this.histograms.has(name)) throw new Error(`metric ${name} is declared twice`)
    const histogram = new ArrayHistogram(name, help, labels)
    this.histograms.set(name, histogram)
    return histogram
  }

  async text(): Promise<string> {
    return [await this.registry.metrics(), ...[...this.histograms.values()].map((one) => one.text()), ''].join('\n')
  }
}

/** A value that cannot be read now (a database that is down) is NaN; then the other metrics are needed all the more. */
async function valueOrNothing(read: () => number | Promise<number>): Promise<number> {
  try {
    return await read()
  } catch {
    return Number.NaN
  }
}

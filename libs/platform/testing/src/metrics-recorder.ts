import { type Counter, type Histogram, Metrics } from '@kilomega/observability'

/** Keeps values instead of exposing them: `read('database_statements_total', 'content')`. */
export class MetricsRecorder extends Metrics {
  private readonly sums = new Map<string, number>()
  private readonly gauges = new Map<string, () => number | Promise<number>>()

  counter(name: string): Counter {
    return { add: (value = 1, ...labels) => this.add([name, ...labels], value) }
  }

  gauge(name: string, _help: string, read: () => number | Promise<number>): void {
    this.gauges.set(name, read)
  }

  /** Counts observations; their values are not kept. */
  histogram(name: string): Histogram {
    return { observe: (_, ...labels) => this.add([name, ...labels], 1) }
  }

  async text(): Promise<string> {
    return ''
  }

  async read(name: string, ...labels: string[]): Promise<number> {
    return (await this.gauges.get(name)?.()) ?? this.sums.get([name, ...labels].join()) ?? 0
  }

  private add(key: string[], value: number): void {
    this.sums.set(key.join(), (this.sums.get(key.join()) ?? 0) + value)
  }
}

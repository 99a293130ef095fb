import type { Histogram } from './metrics.js'

/** Upper limits of the buckets, milliseconds: fine where requests are, coarse where only the order matters. */
const limitsMs = Float64Array.of(0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)

class Series {
  /** One slot for each limit and one for what is above all of them. */
  readonly counts = new Float64Array(limitsMs.length + 1)
  sumMs = 0

  constructor(readonly labels: string) {}

  observe(valueMs: number): void {
    let slot = 0
    while (slot < limitsMs.length && valueMs > limitsMs[slot]!) slot += 1
    this.counts[slot]! += 1
    this.sumMs += valueMs
  }

  text(name: string): string {
    const lines: string[] = []
    let total = 0
    this.counts.forEach((count, slot) => {
      total += count
      lines.push(`${name}_bucket{${this.labels}${this.labels && ','}le="${limitsMs[slot] ?? '+Inf'}"} ${total}`)
    })
    const suffix = this.labels && `{${this.labels}}`
    return [...lines, `${name}_sum${suffix} ${this.sumMs}`, `${name}_count${suffix} ${total}`].join('\n')
  }
}

/** A histogram in typed arrays, rendered as Prometheus text: prom-client's own takes 0.4 us an observation, 40 times as long. */
export class ArrayHistogram implements Histogram {
  private readonly series = new Map<string, Series>()

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly labels: readonly string[],
  ) {}

  observe(valueMs: number, ...values: string[]): void {
    const key = values.length === 1 ? values[0]! : values.join('\n')
    let series = this.series.get(key)
    if (series === undefined) this.series.set(key, (series = new Series(this.labelText(values))))
    series.observe(valueMs)
  }

  text(): string {
    return [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} histogram`, ...[...this.series.values()].map((one) => one.text(this.name))].join(
      '\n',
    )
  }

  private labelText(values: string[]): string {
    if (values.length !== this.labels.length) throw new Error(`metric ${this.name} takes the labels ${this.labels.join(', ')}`)
    return this.labels.map((label, index) => `${label}="${escaped(values[index]!)}"`).join(',')
  }
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

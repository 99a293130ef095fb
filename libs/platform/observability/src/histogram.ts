import type { Histogram } from './metrics.js'

/** Upper limits of the buckets, in milliseconds: fine where requests are, coarse where only the order of magnitude matters. */
const limitsMs = Float64Array.of(0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)

class Series {
  /** One slot per limit and one for values above all of them. */
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

/** Finds a series label by label: joining the labels into one key for each observation would cost more than all the rest. */
class Branch {
  private readonly branches = new Map<string, Branch>()
  series: Series | undefined

  to(value: string): Branch {
    let branch = this.branches.get(value)
    if (branch === undefined) this.branches.set(value, (branch = new Branch()))
    return branch
  }
}

/** A histogram in typed arrays, rendered as Prometheus text: that of prom-client takes 0.4 us per observation, 40 times as long. */
export class ArrayHistogram implements Histogram {
  private readonly series: Series[] = []
  private readonly root = new Branch()

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly labels: readonly string[],
  ) {}

  observe(valueMs: number, ...values: string[]): void {
    let branch = this.root
    for (const value of values) branch = branch.to(value)
    ;(branch.series ??= this.addSeries(values)).observe(valueMs)
  }

  text(): string {
    return [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} histogram`, ...this.series.map((one) => one.text(this.name))].join('\n')
  }

  private addSeries(values: string[]): Series {
    const series = new Series(this.labelText(values))
    this.series.push(series)
    return series
  }

  private labelText(values: string[]): string {
    if (values.length !== this.labels.length) throw new Error(`metric ${this.name} takes the labels ${this.labels.join(', ')}`)
    return this.labels.map((label, index) => `${label}="${escaped(values[index]!)}"`).join(',')
  }
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

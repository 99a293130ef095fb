export interface Counter {
  add(value?: number, ...labels: string[]): void
}

export interface Histogram {
  /** In milliseconds. Stored in typed arrays, so that an observation costs about 10 ns. */
  observe(valueMs: number, ...labels: string[]): void
}

/** The metrics of this process. Names are `<module>_<thing>_<unit>`; label values come from closed sets, never from callers. */
export abstract class Metrics {
  abstract counter(name: string, help: string, labels?: readonly string[]): Counter
  /** `read` runs on every scrape. */
  abstract gauge(name: string, help: string, read: () => number | Promise<number>): void
  abstract histogram(name: string, help: string, labels?: readonly string[]): Histogram
  /** Prometheus text format. */
  abstract text(): Promise<string>
}

/** So many of a kind are told one by one: enough to see whom an error meets. */
const toldFirst = 5
/** How often it is told how many more there were, milliseconds. */
const windowMs = 10_000
/** Kinds that are counted at a time. An error whose message is another each time is no repetition, and is told each time. */
const mostKinds = 1_000

interface Kind<T> {
  told: number
  untold: number
  last: T
}

/**
 * Counts what is told again and again with the same error: when a dependency is away, every loop of a process says so for as long as it is. The first few of
 * a kind are told; after that, every 10 s, the last one with the number of all, until 10 s have passed without one.
 */
export class RepeatedErrors<T> {
  private readonly kinds = new Map<string, Kind<T>>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly tellCount: (last: T, times: number) => void) {}

  /** Whether it is one that is told by itself. */
  isTold(name: string, error: unknown, one: T): boolean {
    const key = keyOf(name, error)
    const kind = this.kinds.get(key) ?? this.begin(key, one)
    if (kind === undefined) return true
    kind.last = one
    if (kind.told < toldFirst) {
      kind.told += 1
      return true
    }
    kind.untold += 1
    return false
  }

  private begin(key: string, last: T): Kind<T> | undefined {
    if (this.kinds.size >= mostKinds) return undefined
    const kind = { told: 0, untold: 0, last }
    this.kinds.set(key, kind)
    this.timer ??= setInterval(() => this.endWindow(), windowMs).unref()
    return kind
  }

  private endWindow(): void {
    for (const [key, kind] of this.kinds) {
      if (kind.untold > 0) this.tellCount(kind.last, kind.untold)
      // A kind that goes on is only counted from now on.
      if (kind.untold === 0) this.kinds.delete(key)
      else kind.untold = 0
    }
    if (this.kinds.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}

/** By name and error, and not by other fields: forty loops that miss the same server are one piece of news. */
function keyOf(name: string, error: unknown): string {
  if (!(error instanceof Error)) return `${name} ${String(error)}`
  const { code } = error as { code?: unknown }
  return `${name} ${error.name} ${String(code)} ${error.message}`
}

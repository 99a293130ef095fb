/** This many of a kind are logged one by one: enough to see what the error affects. */
const loggedFirst = 5
/** In milliseconds: how often the number of further ones is logged. */
const windowMs = 10_000
/** Kinds that are counted at a time. An error whose message differs each time is not a repetition, and is logged each time. */
const maxKinds = 1_000

interface Kind<T> {
  logged: number
  suppressed: number
  last: T
}

/**
 * Counts signals that repeat with the same error: when a dependency is down, every loop of a process reports it for as long as it lasts. The first few of a
 * kind are logged; after that, every 10 s, the last one with the number of all of them, until 10 s have passed without one.
 */
export class RepeatedErrors<T> {
  private readonly kinds = new Map<string, Kind<T>>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly logCount: (last: T, times: number) => void) {}

  /** Whether this one is logged individually. */
  shouldLog(name: string, error: unknown, one: T): boolean {
    const key = keyOf(name, error)
    const kind = this.kinds.get(key) ?? this.startCounting(key, one)
    if (kind === undefined) return true
    kind.last = one
    if (kind.logged < loggedFirst) {
      kind.logged += 1
      return true
    }
    kind.suppressed += 1
    return false
  }

  private startCounting(key: string, last: T): Kind<T> | undefined {
    if (this.kinds.size >= maxKinds) return undefined
    const kind = { logged: 0, suppressed: 0, last }
    this.kinds.set(key, kind)
    this.timer ??= setInterval(() => this.endWindow(), windowMs).unref()
    return kind
  }

  private endWindow(): void {
    for (const [key, kind] of this.kinds) {
      if (kind.suppressed > 0) this.logCount(kind.last, kind.suppressed)
      // A kind that continues is only counted from now on.
      if (kind.suppressed === 0) this.kinds.delete(key)
      else kind.suppressed = 0
    }
    if (this.kinds.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}

/** By name and error, not by other fields: forty loops that cannot reach the same server are one piece of news. */
function keyOf(name: string, error: unknown): string {
  if (!(error instanceof Error)) return `${name} ${String(error)}`
  const { code } = error as { code?: unknown }
  return `${name} ${error.name} ${String(code)} ${error.message}`
}

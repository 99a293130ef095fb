/** Limits concurrent requests: one fewer after each refusal, one more after twenty successes in a row, within its bounds. */
export class Throttle {
  private answersInRow = 0
  private allowed: number

  constructor(private readonly max: number) {
    this.allowed = max
  }

  get limit(): number {
    return this.allowed
  }

  succeeded(): void {
    this.answersInRow++
    if (this.answersInRow < 20) return
    this.answersInRow = 0
    this.allowed = Math.min(this.allowed + 1, this.max)
  }

  refused(): void {
    this.answersInRow = 0
    this.allowed = Math.max(this.allowed - 1, 1)
  }
}

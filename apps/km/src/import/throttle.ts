/** How many requests may be under way: one less after each refusal, one more after twenty answers in a row, within its limits. */
export class Throttle {
  private answersInRow = 0
  private allowed: number

  constructor(private readonly most: number) {
    this.allowed = most
  }

  get limit(): number {
    return this.allowed
  }

  succeeded(): void {
    this.answersInRow++
    if (this.answersInRow < 20) return
    this.answersInRow = 0
    this.allowed = Math.min(this.allowed + 1, this.most)
  }

  refused(): void {
    this.answersInRow = 0
    this.allowed = Math.max(this.allowed - 1, 1)
  }
}

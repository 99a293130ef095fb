/** Where log lines go: standard output, unless a test listens. */
export abstract class LogOutput {
  /** Accepts a line with its line break. It may be held back for some milliseconds. */
  abstract write(line: string): void

  /** Calls back before the next write, so that many lines are made at a time; calls back at once if the output does not hold lines back. */
  beforeWriting(make: () => void): void {
    make()
  }
}

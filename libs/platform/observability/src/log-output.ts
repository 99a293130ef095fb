/** Where log lines go; standard output unless a test listens. */
export abstract class LogOutput {
  /** Takes a line, with its end. It may hold it for some milliseconds. */
  abstract write(line: string): void

  /** Calls back before it writes next, so that lines are made many at a time; at once where it holds nothing. */
  beforeWriting(make: () => void): void {
    make()
  }
}

import { Presets, SingleBar } from 'cli-progress'
import { durationText } from '../terminal/duration.js'
import type { Progress } from './importer.js'

/** Lines done, rate and time left: a bar on a terminal, elsewhere one line every 5 s. Written to stderr, so that stdout stays clean. */
export class ProgressBar {
  private readonly began = performance.now()
  private readonly bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value} of {total} lines | {rate} a second | {left} left',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
      hideCursor: true,
      barsize: 30,
    },
    Presets.shades_classic,
  )

  constructor(
    private readonly lines: number,
    private readonly startLine: number,
  ) {
    this.bar.start(lines, startLine, { rate: '-', left: '-' })
  }

  readonly show: Progress = (_, lastLine) => {
    const elapsedMs = performance.now() - this.began
    const perMs = (lastLine - this.startLine) / elapsedMs
    this.bar.update(lastLine, { rate: Math.round(perMs * 1_000), left: durationText((this.lines - lastLine) / perMs) })
  }

  stop(): void {
    this.bar.stop()
  }
}

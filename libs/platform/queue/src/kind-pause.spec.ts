import type { Worker } from 'bullmq'
import { KindPause } from './kind-pause.js'

/** A worker that records its pauses. */
function open() {
  const steps: string[] = []
  const worker = {
    pause: async () => void steps.push('pause'),
    resume: async () => void steps.push('resume'),
    closing: undefined,
  } as unknown as Worker
  return { steps, pause: new KindPause(worker, { probeMs: 100, probeMaxMs: 1_000 }, () => 1) }
}

describe('a kind of job whose dependency is unavailable', () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => jest.useRealTimers())

  it('pauses, and tries again after waits that double up to the longest', () => {
    const { pause, steps } = open()
    const waits = Array.from({ length: 6 }, () => {
      const { waitMs } = pause.start()
      jest.advanceTimersByTime(waitMs)
      return waitMs
    })
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000])
    expect(steps).toEqual(waits.flatMap(() => ['pause', 'resume']))
  })

  it('pauses once for all jobs that fail together', () => {
    const { pause, steps } = open()
    expect(pause.start()).toEqual({ waitMs: 100, isFirst: true })
    jest.advanceTimersByTime(40)
    expect(pause.start()).toEqual({ waitMs: 60, isFirst: false })
    expect(steps).toEqual(['pause'])
    pause.close()
  })

  it('continues at once when a job succeeds, and starts with the first wait next time', () => {
    const { pause, steps } = open()
    pause.start()
    pause.end()
    expect(steps).toEqual(['pause', 'resume'])
    expect(pause.start()).toEqual({ waitMs: 100, isFirst: true })
    pause.close()
  })
})

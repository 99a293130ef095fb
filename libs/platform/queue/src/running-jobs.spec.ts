import type { Cancellation } from '@kilomega/ports'
import { RunningJobs } from './running-jobs.js'
import type { QueueConfig } from './queue.config.js'

const open = (): RunningJobs => new RunningJobs({ stopMs: 200 } as QueueConfig)
const inMs = (timeoutMs: number): number => performance.now() + timeoutMs
const whenCancelled = (cancellation: Cancellation): Promise<void> => new Promise((resolve) => cancellation.onCancel(resolve))
const endless = (): Promise<void> => new Promise(() => undefined)
const failureOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => error,
  )

describe('running jobs', () => {
  it('end at their deadline even if they never answer, and are cancelled', async () => {
    let cancelled: Promise<void> | undefined
    const ended = open().run(inMs(50), (cancellation) => {
      cancelled = whenCancelled(cancellation)
      return endless()
    })
    expect(await failureOf(ended)).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    await cancelled
  })

  it('may end while their process stops', async () => {
    const jobs = open()
    let end!: () => void
    const ended = jobs.run(inMs(10_000), () => new Promise((resolve) => (end = resolve)))
    const stopped = jobs.stop()
    end()
    await ended
    await stopped
  })

  it('are put back when they end because their process stops, even with an error', async () => {
    const jobs = open()
    const ended = failureOf(jobs.run(inMs(10_000), (cancellation) => whenCancelled(cancellation).then(() => Promise.reject(new Error('torn')))))
    await jobs.stop()
    expect(await ended).toMatchObject({ message: 'its process is stopping', waitMs: 0 })
  })

  it('are put back when they do not end although their process stops, and no more are started', async () => {
    const jobs = open()
    const ended = failureOf(jobs.run(inMs(10_000), endless))
    await jobs.stop()
    expect(await ended).toMatchObject({ message: 'its process is stopping', waitMs: 0 })
    expect(await failureOf(jobs.run(inMs(10_000), async () => undefined))).toMatchObject({ message: 'its process is stopping' })
  })
})

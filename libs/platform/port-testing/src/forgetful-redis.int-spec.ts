import { describeWithRedis, eventually } from '@kilomega/testing'
import { Redis } from 'ioredis'
import { Dock, LoadShip, SweepDock } from '../test/dock.js'

const noticedWithinMs = 30_000

describeWithRedis('a Redis that evicts', () => {
  let [dock, client]: [Dock?, Redis?] = []
  beforeAll(async () => {
    dock = await Dock.open('redis', { QUEUE_REDRIVE_MS: '1000' })
    client = new Redis(dock.redis!.url)
  }, 60_000)
  afterAll(async () => {
    client?.disconnect()
    await dock?.close()
  }, 60_000)

  const keyOf = (rest: string): string => `queue:${LoadShip.jobName}:${rest}`

  /** Adds a job that no worker takes while `lose` removes something from the store. */
  async function waiting(name: string, lose: (id: string) => Promise<unknown>): Promise<string> {
    const queue = dock!.queue(LoadShip)
    await queue.pause()
    const id = await dock!.ask(LoadShip, name)
    await eventually(async () => expect(await queue.getJobState(id)).toBe('waiting'))
    await lose(id)
    await queue.resume()
    return id
  }

  it('and loses the data of a job: the job is done all the same, and is not a dead letter', async () => {
    const id = await waiting('Without papers', (lost) => client!.del(keyOf(lost)))
    await dock!.settled([id], 20_000)
    expect(dock!.startsOf(LoadShip, 'Without papers')).toHaveLength(1)
    expect(await dock!.deadLetters()).toEqual([])
  })

  it('and loses the list in which a job waits: the job is found again and done', async () => {
    const id = await waiting('Without a place', () => client!.del(keyOf('wait'), keyOf('paused')))
    await dock!.settled([id], 20_000)
    expect(dock!.startsOf(LoadShip, 'Without a place')).toHaveLength(1)
  })

  it.each(['repeat', `repeat:${SweepDock.jobName}`, 'delayed'])(
    'and loses the data of a schedule (%s): the schedule continues',
    async (key) => {
      const { ticks } = dock!.jobs
      await client!.del(`queue:${SweepDock.jobName}:${key}`)
      const before = ticks.length
      await eventually(() => expect(ticks.length).toBeGreaterThan(before + 4), noticedWithinMs)
    },
    60_000,
  )

  it.each([
    ['maxmemory-policy', 'allkeys-lru', 'noeviction'],
    ['appendonly', 'no', 'yes'],
  ])(
    'because of a setting that was changed while it runs (%s %s): that is reported within half a minute',
    async (setting, unsafe, safe) => {
      await client!.config('SET', setting, unsafe)
      const problem = expect.stringMatching(new RegExp(`QUEUE_UNSAFE_CONFIG: .*${setting}`)) as string
      await eventually(async () => {
        expect((await dock!.health()).checks).toContainEqual(expect.objectContaining({ name: 'queue-settings', up: false, problem }))
      }, noticedWithinMs)
      await client!.config('SET', setting, safe)
      await eventually(async () => {
        expect((await dock!.health()).checks).toContainEqual(expect.objectContaining({ name: 'queue-settings', up: true }))
      }, noticedWithinMs)
    },
    70_000,
  )
})

import { eventually } from '@kilomega/testing'
import { Warehouse } from '../test/warehouse.js'

const laterMs = 60_000

describe('What an outbox writes for a subscriber that hands over in the same process', () => {
  let warehouse: Warehouse
  beforeEach(async () => {
    warehouse = await Warehouse.open()
  })
  afterEach(() => warehouse.close())

  it('is handed over after the commit as it was told, without a claim, and stays owed', async () => {
    const { handedOver } = await warehouse.startHandingOver()
    const before = Date.now()
    await warehouse.order('rope', 'tar')
    await eventually(() => expect(handedOver.map(({ payload }) => payload)).toEqual(['rope', 'tar']))
    const [first] = handedOver
    expect(first).toMatchObject({ name: 'job:warehouse.deliver', attempt: 1, requestId: expect.any(String) })
    expect(Date.parse(first!.occurredAt)).toBeGreaterThanOrEqual(before)
    for (const { attempts, dueInMs } of await warehouse.owed()) {
      expect(attempts).toBe(0)
      expect(dueInMs).toBeGreaterThan(laterMs / 2)
    }
    expect(await warehouse.owed()).toHaveLength(2)
  })

  it('is not handed over when its transaction rolls back', async () => {
    const { handedOver } = await warehouse.startHandingOver()
    await expect(warehouse.orderAndFail('rope')).rejects.toThrow('sunk')
    await warehouse.order('tar')
    await eventually(() => expect(handedOver.map(({ payload }) => payload)).toEqual(['tar']))
    expect(await warehouse.owed()).toHaveLength(1)
  })

  it('is never in more hands at once than one: batches follow each other', async () => {
    let atOnce = 0
    const most: number[] = []
    const { handedOver } = await warehouse.startHandingOver({
      accept: async () => {
        most.push((atOnce += 1))
        await warehouse.owed()
        atOnce -= 1
      },
    })
    await Promise.all(Array.from({ length: 40 }, (_, index) => warehouse.order(`barrel ${index}`)))
    await eventually(() => expect(handedOver).toHaveLength(40))
    expect(Math.max(...most)).toBe(1)
    expect(new Set(handedOver.map(({ id }) => id)).size).toBe(40)
  })

  it('is due again soon when it cannot be handed over, and not counted as an attempt', async () => {
    let away = true
    const { handedOver } = await warehouse.startHandingOver({
      accept: async () => {
        if (away) throw new Error('closed')
      },
    })
    await warehouse.order('rope')
    await eventually(async () => expect((await warehouse.owed())[0]!.dueInMs).toBeLessThan(2_000))
    expect((await warehouse.owed())[0]!.attempts).toBe(0)
    away = false
    await eventually(() => expect(handedOver.map(({ payload }) => payload)).toEqual(['rope']), 10_000)
  })

  it('is due for others at once when this process ends before it is handed over', async () => {
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    const { stop } = await warehouse.startHandingOver({ accept: () => released })
    await warehouse.order('in work')
    await warehouse.order('rope')
    const stopped = stop()
    release()
    await stopped
    await warehouse.order('tar')
    const due = (await warehouse.owed()).filter(({ dueInMs }) => dueInMs <= 0)
    expect(due).toHaveLength(2)
    const { handedOver } = await warehouse.startHandingOver()
    await eventually(() => expect(handedOver.map(({ payload }) => payload).sort()).toEqual(['rope', 'tar']))
  })

  it('is handed over by another process when this one died in between', async () => {
    const { handOvers, stop } = await warehouse.startHandingOver()
    handOvers.open('harbour', 'job:warehouse.deliver', {
      subscriber: 'queue:warehouse.deliver',
      againAfterMs: () => 300,
      take: () => undefined,
    })
    await warehouse.order('rope')
    await stop()
    const { handedOver } = await warehouse.startHandingOver()
    await eventually(() => expect(handedOver.map(({ payload }) => payload)).toEqual(['rope']), 10_000)
  })
})

import { SuspectLane } from './suspect-lane.js'

describe('suspects in one process', () => {
  it('are admitted one after another, in the order in which they came', async () => {
    const lane = new SuspectLane()
    expect(await lane.enter()).toBe('alone')
    const order: string[] = []
    const [second, third] = ['second', 'third'].map((name) => lane.enter().then((admission) => order.push(`${name} ${admission}`)))
    lane.leave()
    await second
    expect(order).toEqual(['second alone'])
    lane.leave()
    await third
    expect(order).toEqual(['second alone', 'third alone'])
  })

  it('come again later if the running one does not end, and find the lane free when it has', async () => {
    const lane = new SuspectLane()
    await lane.enter()
    expect(await lane.enter()).toBe('later')
    lane.leave()
    expect(await lane.enter()).toBe('alone')
  })

  it('run next to one that takes long, although a death could then be the fault of either', async () => {
    jest.useFakeTimers({ doNotFake: ['setTimeout'] })
    const lane = new SuspectLane()
    await lane.enter()
    jest.advanceTimersByTime(11_000)
    expect(await lane.enter()).toBe('beside')
    jest.useRealTimers()
  })
})

import { pollEvery } from './poll.js'

describe('a poll', () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => {
    jest.useRealTimers()
    jest.restoreAllMocks()
  })

  it('looks first at a random time within the first interval, then once in each, until it is stopped', () => {
    jest.spyOn(Math, 'random').mockReturnValueOnce(0.25)
    const looks: number[] = []
    const startMs = Date.now()
    const poll = pollEvery(1_000, () => looks.push(Date.now() - startMs))
    jest.advanceTimersByTime(3_000)
    poll.stop()
    jest.advanceTimersByTime(3_000)
    expect(looks).toEqual([250, 1_250, 2_250])
  })

  it('that is stopped before it has looked never looks', () => {
    const look = jest.fn()
    pollEvery(1_000, look).stop()
    jest.advanceTimersByTime(3_000)
    expect(look).not.toHaveBeenCalled()
  })
})

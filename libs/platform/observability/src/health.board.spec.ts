import { HealthBoard } from './health.board.js'

const up = () => Promise.resolve()
const down = () => Promise.reject(new Error('no route to host'))

describe('health', () => {
  it('is ready when every required check is up, and lists what is down', async () => {
    const board = new HealthBoard()
    board.register({ name: 'database', required: true, check: up })
    board.register({ name: 'cache', required: false, check: down })
    expect(await board.report()).toEqual({
      ready: true,
      checks: [
        { name: 'database', required: true, up: true },
        { name: 'cache', required: false, up: false, problem: 'no route to host' },
      ],
    })
  })

  it('is not ready if a required check is down, or while the process drains', async () => {
    const board = new HealthBoard()
    board.register({ name: 'database', required: true, check: down })
    expect((await board.report()).ready).toBe(false)
    const draining = new HealthBoard()
    draining.drain()
    expect((await draining.report()).ready).toBe(false)
  })

  it('runs each check once for all callers within a second', async () => {
    let asked = 0
    const board = new HealthBoard()
    board.register({ name: 'database', required: true, check: async () => void (asked += 1) })
    await Promise.all(Array.from({ length: 100 }, () => board.report()))
    expect(asked).toBe(1)
  })

  it('does not wait longer than a second for a check that hangs', async () => {
    const board = new HealthBoard()
    board.register({ name: 'database', required: true, check: () => new Promise(() => undefined) })
    expect((await board.report()).checks[0]!.problem).toBe('no answer within 1000 ms')
  })
})

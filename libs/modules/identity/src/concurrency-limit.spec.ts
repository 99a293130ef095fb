import { CurrentCall, runCall, system } from '@kilomega/ports'
import { ConcurrencyLimit } from './concurrency-limit.js'

const trace = { requestId: 'test' }

describe('a limit of two running tasks and one waiting', () => {
  const started: string[] = []
  const finish = new Map<string, () => void>()
  const run = (limit: ConcurrencyLimit, name: string) =>
    limit.run(() => {
      started.push(name)
      return new Promise<void>((resolve) => finish.set(name, resolve))
    })

  beforeEach(() => {
    started.length = 0
    finish.clear()
  })

  it('runs two, makes the third wait and refuses the fourth at once', async () => {
    const limit = new ConcurrencyLimit(2, 1)
    const tasks = ['first', 'second', 'third'].map((name) => run(limit, name))
    await expect(run(limit, 'fourth')).rejects.toMatchObject({ kind: 'unavailable', details: { retryAfterS: 1 } })
    expect(started).toEqual(['first', 'second'])
    finish.get('second')!()
    await tasks[1]
    await Promise.resolve()
    expect(started).toEqual(['first', 'second', 'third'])
    finish.get('first')!()
    finish.get('third')!()
    await Promise.all(tasks)
  })

  it('gives the slot of a failed task to the next one', async () => {
    const limit = new ConcurrencyLimit(1, 1)
    const failing = limit.run(() => Promise.reject(new Error('broken')))
    const next = limit.run(() => Promise.resolve('done'))
    await expect(failing).rejects.toThrow('broken')
    await expect(next).resolves.toBe('done')
    await expect(limit.run(() => Promise.resolve('again'))).resolves.toBe('again')
  })

  it('does not start a task whose deadline has passed', async () => {
    const limit = new ConcurrencyLimit(1, 1)
    const late = new CurrentCall({ actor: system, trace, deadlineMs: performance.now() - 1 })
    await expect(runCall(late, () => run(limit, 'late'))).rejects.toMatchObject({ kind: 'deadline' })
    expect(started).toEqual([])
  })
})

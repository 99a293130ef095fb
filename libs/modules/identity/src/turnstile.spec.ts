import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Turnstile } from './turnstile.js'

const trace = { requestId: 'test' }

describe('a turnstile with two places and room for one to wait', () => {
  const started: string[] = []
  const finish = new Map<string, () => void>()
  const visit = (turnstile: Turnstile, name: string) =>
    turnstile.pass(() => {
      started.push(name)
      return new Promise<void>((resolve) => finish.set(name, resolve))
    })

  beforeEach(() => {
    started.length = 0
    finish.clear()
  })

  it('lets two in, has the third wait and turns the fourth away at once', async () => {
    const turnstile = new Turnstile(2, 1)
    const visits = ['first', 'second', 'third'].map((name) => visit(turnstile, name))
    await expect(visit(turnstile, 'fourth')).rejects.toMatchObject({ kind: 'unavailable', details: { retryAfterS: 1 } })
    expect(started).toEqual(['first', 'second'])
    finish.get('second')!()
    await visits[1]
    await Promise.resolve()
    expect(started).toEqual(['first', 'second', 'third'])
    finish.get('first')!()
    finish.get('third')!()
    await Promise.all(visits)
  })

  it('gives the place of a failure to the next', async () => {
    const turnstile = new Turnstile(1, 1)
    const failing = turnstile.pass(() => Promise.reject(new Error('broken')))
    const next = turnstile.pass(() => Promise.resolve('done'))
    await expect(failing).rejects.toThrow('broken')
    await expect(next).resolves.toBe('done')
    await expect(turnstile.pass(() => Promise.resolve('again'))).resolves.toBe('again')
  })

  it('does not begin what nobody waits for any more', async () => {
    const turnstile = new Turnstile(1, 1)
    const late = new CurrentCall({ actor: system, trace, deadlineMs: performance.now() - 1 })
    await expect(runCall(late, () => visit(turnstile, 'late'))).rejects.toMatchObject({ kind: 'deadline' })
    expect(started).toEqual([])
  })
})

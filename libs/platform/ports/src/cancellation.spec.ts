import { Cancellation } from './cancellation.js'

describe('a cancellation', () => {
  it('calls all listeners, except those that were removed', () => {
    const cancellation = new Cancellation()
    const called: string[] = []
    const remove = ['a', 'b', 'c', 'd'].map((name) => cancellation.onCancel(() => called.push(name)))
    remove[0]!()
    remove[2]!()
    cancellation.cancel()
    remove[1]!()
    remove[3]!()
    expect(called).toEqual(['b', 'd'])
  })

  it('calls no listener if the only one was removed', () => {
    const cancellation = new Cancellation()
    let calls = 0
    cancellation.onCancel(() => (calls += 1))()
    cancellation.cancel()
    expect(calls).toBe(0)
  })
})

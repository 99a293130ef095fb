import { Cancellation } from './cancellation.js'

describe('a cancellation', () => {
  it('is told to all who listen, and to none who has taken that back', () => {
    const cancellation = new Cancellation()
    const told: string[] = []
    const takeBack = ['a', 'b', 'c', 'd'].map((name) => cancellation.onCancel(() => told.push(name)))
    takeBack[0]!()
    takeBack[2]!()
    cancellation.cancel()
    takeBack[1]!()
    takeBack[3]!()
    expect(told).toEqual(['b', 'd'])
  })

  it('tells nobody who has lost interest', () => {
    const cancellation = new Cancellation()
    let told = 0
    cancellation.onCancel(() => (told += 1))()
    cancellation.cancel()
    expect(told).toBe(0)
  })
})

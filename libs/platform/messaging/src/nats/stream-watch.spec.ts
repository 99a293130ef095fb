import { StreamWatch } from './stream-watch.js'

function watched() {
  let losses = 0
  const watch = new StreamWatch(() => (losses += 1))
  return { watch, losses: () => losses }
}

describe('a stream', () => {
  it('that grows has lost nothing, whoever stores events in it', () => {
    const { watch, losses } = watched()
    watch.seen('monday', 0)
    for (const sequence of [1, 2, 5]) watch.stored(sequence)
    watch.seen('monday', 5)
    watch.seen('monday', 9)
    watch.stored(10)
    expect(losses()).toBe(0)
  })

  it('that was made anew has lost everything', () => {
    const { watch, losses } = watched()
    watch.seen('monday', 0)
    watch.stored(7)
    watch.seen('tuesday', 0)
    expect(losses()).toBe(1)
    watch.stored(1)
    expect(losses()).toBe(1)
  })

  it('that ends before what it had stored was cut off', () => {
    const { watch, losses } = watched()
    watch.seen('monday', 0)
    watch.stored(7)
    watch.seen('monday', 3)
    watch.seen('monday', 3)
    expect(losses()).toBe(1)
  })

  it('that gives a number again has lost what had it, also where nobody may look at it', () => {
    const { watch, losses } = watched()
    watch.stored(7)
    watch.stored(1)
    watch.stored(2)
    expect(losses()).toBe(1)
  })
})

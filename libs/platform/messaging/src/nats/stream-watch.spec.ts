import { type StreamState, StreamWatch } from './stream-watch.js'

const holding = (created: string, last: number, changes: Partial<StreamState> = {}): StreamState => ({
  created,
  first: 1,
  last,
  messages: last,
  ...changes,
})

function watched() {
  let losses = 0
  const watch = new StreamWatch(() => (losses += 1))
  return { watch, losses: () => losses }
}

describe('a stream', () => {
  it('that grows has lost nothing, whoever stores events in it', () => {
    const { watch, losses } = watched()
    watch.seen(holding('monday', 0))
    for (const sequence of [1, 2, 5]) watch.stored(sequence)
    watch.seen(holding('monday', 5))
    watch.seen(holding('monday', 9))
    watch.stored(10)
    expect(losses()).toBe(0)
  })

  it('that was made anew has lost everything', () => {
    const { watch, losses } = watched()
    watch.seen(holding('monday', 0))
    watch.stored(7)
    watch.seen(holding('tuesday', 0))
    expect(losses()).toBe(1)
    watch.stored(1)
    expect(losses()).toBe(1)
  })

  it('that ends before what it had stored was cut off', () => {
    const { watch, losses } = watched()
    watch.seen(holding('monday', 0))
    watch.stored(7)
    watch.seen(holding('monday', 3))
    watch.seen(holding('monday', 3))
    expect(losses()).toBe(1)
  })

  it('in which numbers are missing was damaged', () => {
    const { watch, losses } = watched()
    watch.stored(7)
    watch.seen(holding('monday', 7))
    watch.seen(holding('monday', 7, { messages: 4 }))
    watch.seen(holding('monday', 8, { messages: 5 }))
    expect(losses()).toBe(1)
  })

  it('from whose front old events go has lost nothing', () => {
    const { watch, losses } = watched()
    watch.stored(7)
    watch.seen(holding('monday', 7))
    watch.seen(holding('monday', 7, { first: 5, messages: 3 }))
    watch.seen(holding('monday', 7, { first: 8, messages: 0 }))
    expect(losses()).toBe(0)
  })

  it('that gives a number again has lost what had it, also where nobody may look at it', () => {
    const { watch, losses } = watched()
    watch.stored(7)
    watch.stored(1)
    watch.stored(2)
    expect(losses()).toBe(1)
  })
})

import { type Kept, type StreamState, StreamWatch } from './stream-watch.js'

const nothing: Kept = { from: 'infinity', until: '-infinity' }
const holding = (created: string, last: number, changes: Partial<StreamState> = {}): StreamState => ({
  created,
  lastAt: 'now',
  first: 1,
  last,
  messages: last,
  ...changes,
})

function watched(maxAgeMs = 60_000) {
  const lost: Kept[] = []
  const met: Kept[] = []
  const watch = new StreamWatch({ maxAgeMs, lost: (kept) => lost.push(kept), met: (kept) => met.push(kept) })
  return { watch, look: (state: StreamState) => watch.seen(state, watch.mark), lost, met }
}

describe('a stream', () => {
  it('that grows has lost nothing, whoever stores events in it', () => {
    const { watch, look, lost } = watched()
    look(holding('monday', 0))
    for (const sequence of [1, 2, 5]) watch.stored(sequence)
    look(holding('monday', 5))
    look(holding('monday', 9))
    watch.stored(10)
    expect(lost).toEqual([])
  })

  it('that was made anew has lost everything', () => {
    const { watch, look, lost } = watched()
    look(holding('monday', 0))
    watch.stored(7)
    look(holding('tuesday', 0))
    expect(lost).toEqual([nothing])
    watch.stored(1)
    expect(lost).toHaveLength(1)
  })

  it('that ends before what it had stored was cut off', () => {
    const { watch, look, lost } = watched()
    look(holding('monday', 0))
    watch.stored(7)
    look(holding('monday', 3))
    look(holding('monday', 3))
    expect(lost).toHaveLength(1)
  })

  it('that stored events while it was asked has lost nothing, whichever answer comes first', () => {
    const { watch, look, lost } = watched()
    look(holding('monday', 7))
    watch.stored(7)
    const { mark } = watch
    watch.stored(8)
    watch.seen(holding('monday', 7), mark)
    watch.stored(9)
    expect(lost).toEqual([])
  })

  it('in which numbers are missing was damaged', () => {
    const { watch, look, lost } = watched()
    watch.stored(7)
    look(holding('monday', 7))
    look(holding('monday', 7, { messages: 4 }))
    look(holding('monday', 8, { messages: 5 }))
    expect(lost).toHaveLength(1)
  })

  it('from whose front old events go has lost nothing', () => {
    const { watch, look, lost } = watched(0)
    watch.stored(7)
    look(holding('monday', 7))
    look(holding('monday', 7, { first: 5, messages: 3 }))
    look(holding('monday', 7, { first: 8, messages: 0 }))
    expect(lost).toEqual([])
  })

  it('from whose front young events go was emptied', () => {
    const { watch, look, lost } = watched()
    watch.stored(7)
    look(holding('monday', 7))
    look(holding('monday', 7, { first: 8, messages: 0 }))
    look(holding('monday', 9, { first: 8, messages: 2 }))
    expect(lost).toHaveLength(1)
  })

  it('that gives a number again has lost what had it, also where nobody may look at it', () => {
    const { watch, lost } = watched()
    watch.stored(7)
    watch.stored(1)
    watch.stored(2)
    expect(lost).toHaveLength(1)
  })

  it('was gone when a consumer of it is made anew, for a process that may not look at it', () => {
    const { watch, lost } = watched()
    for (const created of ['monday', 'monday', 'tuesday', 'tuesday']) watch.consumerSeen('search', created)
    expect(lost).toEqual([nothing])
  })

  it('is what counts, and not its consumers, for a process that looks at it', () => {
    const { watch, look, lost } = watched()
    look(holding('monday', 7))
    for (const created of ['monday', 'tuesday']) watch.consumerSeen('search', created)
    expect(lost).toEqual([])
  })

  it('that was there before this process can hold what was told since it was made and before it stored the last event', () => {
    const { look, lost, met } = watched()
    look(holding('monday', 7, { lastAt: 'friday' }))
    look(holding('monday', 8, { lastAt: 'saturday' }))
    expect(met).toEqual([{ from: 'monday', until: 'friday' }])
    expect(lost).toEqual([])
  })

  it('that is empty when this process starts holds nothing, whatever was told', () => {
    const { look, met } = watched()
    look(holding('monday', 0))
    expect(met).toEqual([nothing])
  })
})

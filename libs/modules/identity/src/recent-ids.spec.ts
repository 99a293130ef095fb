import { RecentIds } from './recent-ids.js'

describe('ids that are remembered for a while', () => {
  it('are known until they expire and others are added', () => {
    const ids = new RecentIds()
    ids.add(['first', 'second'], 1_000, 0)
    ids.add(['third'], 1_500, 999)
    expect(['first', 'second', 'third'].map((id) => ids.has(id))).toEqual([true, true, true])
    ids.add(['fourth'], 2_000, 1_000)
    expect(['first', 'second', 'third', 'fourth'].map((id) => ids.has(id))).toEqual([false, false, true, true])
  })

  it('stay longer when they are added again', () => {
    const ids = new RecentIds()
    ids.add(['first', 'second'], 1_000, 0)
    ids.add(['first'], 1_500, 0)
    ids.add([], 2_000, 1_000)
    expect(['first', 'second'].map((id) => ids.has(id))).toEqual([true, false])
  })
})

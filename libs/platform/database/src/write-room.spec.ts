import { databaseErrors } from './database-errors.js'
import { WriteRoom } from './write-room.js'

describe('the disk space for writes', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }))
  afterEach(() => jest.useRealTimers())

  it('is reported as full for a minute after a write found it full', () => {
    const room = new WriteRoom()
    room.note(new Error('something else'))
    expect(() => room.check()).not.toThrow()
    room.note(databaseErrors.DATABASE_FULL())
    jest.advanceTimersByTime(59_000)
    expect(() => room.check()).toThrow('the disk of the database is full')
    jest.advanceTimersByTime(1_001)
    expect(() => room.check()).not.toThrow()
  })
})

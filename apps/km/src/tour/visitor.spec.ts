import { z } from 'zod'
import { newEventId, newVisitor } from './visitor.js'

describe('A visitor', () => {
  it('is new each time', () => {
    expect(newVisitor().email).not.toBe(newVisitor().email)
  })

  it('creates event ids that are UUIDv7 of the current time', () => {
    const id = newEventId(1_700_000_000_000)
    expect(z.uuidv7().safeParse(id).success).toBe(true)
    expect(parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000)
  })
})

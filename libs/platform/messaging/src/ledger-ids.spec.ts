import { validate, version } from 'uuid'
import { nextId } from './ledger-ids.js'

const many = () => Array.from({ length: 50_000 }, nextId)

describe('Ids of the ledger', () => {
  it('are version 7 UUIDs, each greater than the previous one', () => {
    const ids = many()
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('keep growing when the clock goes back', () => {
    const before = nextId()
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 60_000)
    expect(nextId() > before).toBe(true)
    clock.mockRestore()
  })

  it('contain the time, and reveal nothing about each other beyond their order', () => {
    const ids = many()
    const milliseconds = ids.map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))
    expect(Math.abs(Date.now() - milliseconds.at(-1)!)).toBeLessThan(5_000)
    expect(new Set(ids.map((id) => id.slice(-9))).size).toBeGreaterThan(ids.length * 0.99)
  })
})

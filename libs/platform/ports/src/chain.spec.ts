import fc from 'fast-check'
import { Chain, type Link } from './chain.js'

class Guest implements Link<Guest> {
  previous: Guest | undefined
  next: Guest | undefined
  constructor(readonly name: number) {}
}

describe('a chain', () => {
  it('has the items that were added and not removed, like a Set', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 7 })), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (given) => {
        const guests = Array.from({ length: 8 }, (_, name) => new Guest(name))
        const chain = new Chain<Guest>()
        const set = new Set<Guest>()
        for (const [comes, name] of given) {
          const guest = guests[name]!
          if (!comes) {
            chain.remove(guest)
            set.delete(guest)
          } else if (!set.has(guest)) {
            chain.add(guest)
            set.add(guest)
          }
          expect(chain.all().reverse()).toEqual([...set])
          expect(guests.map((one) => chain.has(one))).toEqual(guests.map((one) => set.has(one)))
        }
      }),
    )
  })
})

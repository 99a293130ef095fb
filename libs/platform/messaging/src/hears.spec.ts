import { event } from '@kilomega/ports'
import { z } from 'zod'
import { Hears, hearingsOf } from './hears.js'
import { inSchema } from './schema-sql.js'

const ShipSank = event('harbour.ship-sank', z.object({ name: z.string() }))
const ShipCame = event('harbour.ship-came', z.object({ name: z.string() }))

class Logbook {
  @Hears(ShipSank)
  @Hears(ShipCame, { batch: 500 })
  async write(): Promise<void> {}
}

describe('@Hears', () => {
  it('records which method hears which event, and how many at once', () => {
    expect(hearingsOf(Logbook).map(({ event: { eventName }, method, batch }) => [eventName, method, batch])).toEqual([
      ['harbour.ship-came', 'write', 500],
      ['harbour.ship-sank', 'write', 100],
    ])
  })

  it('applies only to its own class', () => {
    expect(hearingsOf(class Silent {})).toEqual([])
  })

  it('takes 1 to 500 events at once', () => {
    expect(() => Hears(ShipSank, { batch: 501 })).toThrow('1 to 500')
  })
})

describe('a statement for a schema', () => {
  it('has the quoted name in every place', () => {
    expect(inSchema('SELECT {schema}.a FROM {schema}.t', 'content')).toBe('SELECT "content".a FROM "content".t')
  })

  it('accepts only the name of a module', () => {
    expect(() => inSchema('SELECT 1', 'a"; DROP SCHEMA b')).toThrow('not the name')
  })
})

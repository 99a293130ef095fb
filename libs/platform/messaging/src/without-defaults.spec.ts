import { z } from 'zod'
import { withoutDefaults } from './without-defaults.js'

const Mast = z.object({ height: z.int(), wood: z.string().default('oak') })
const Ship = z.object({
  name: z.string(),
  masts: z.array(Mast).default([]),
  flag: z.object({ colour: z.string().default('red') }).optional(),
  crew: z.object({ size: z.int() }).default({ size: 1 }),
  port: z.string().nullable().default(null).optional(),
})

describe('an input without its defaults', () => {
  it.each([
    ['what was left out', { name: 'Beagle' }, { name: 'Beagle' }],
    ['what is as it would have been', { name: 'Beagle', masts: [], crew: { size: 1 } }, { name: 'Beagle' }],
    ['what differs', { name: 'Beagle', crew: { size: 2 } }, { name: 'Beagle', crew: { size: 2 } }],
    [
      'what is inside of others',
      { name: 'Beagle', masts: [{ height: 9, wood: 'oak' }], flag: { colour: 'red' } },
      { name: 'Beagle', masts: [{ height: 9 }], flag: {} },
    ],
    ['fields that nobody knows', { name: 'Beagle', keel: 1 }, { name: 'Beagle', keel: 1 }],
    ['no object at all', [1], [1]],
  ])('holds or drops %s', (_what, sent, kept) => {
    expect(withoutDefaults(Ship, sent)).toEqual(kept)
  })

  it('is all of it where no schema is known', () => {
    expect(withoutDefaults(undefined, { name: 'Beagle' })).toEqual({ name: 'Beagle' })
  })
})

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
    ['an omitted field', { name: 'Beagle' }, { name: 'Beagle' }],
    ['fields that equal their defaults', { name: 'Beagle', masts: [], crew: { size: 1 } }, { name: 'Beagle' }],
    ['a field that differs', { name: 'Beagle', crew: { size: 2 } }, { name: 'Beagle', crew: { size: 2 } }],
    [
      'nested fields',
      { name: 'Beagle', masts: [{ height: 9, wood: 'oak' }], flag: { colour: 'red' } },
      { name: 'Beagle', masts: [{ height: 9 }], flag: {} },
    ],
    ['unknown fields', { name: 'Beagle', keel: 1 }, { name: 'Beagle', keel: 1 }],
    ['a value that is not an object', [1], [1]],
  ])('holds or drops %s', (_what, sent, kept) => {
    expect(withoutDefaults(Ship, sent)).toEqual(kept)
  })

  it('is the whole input if there is no schema', () => {
    expect(withoutDefaults(undefined, { name: 'Beagle' })).toEqual({ name: 'Beagle' })
  })
})

import { editVariants } from './edit-variants.js'

describe('the variants of a word', () => {
  it.each([['gme'], ['gaame'], ['gamer'], ['agme'], ['lame']])('contain %s for "game" and every other text one edit away', (variant) => {
    expect(editVariants('game')).toContain(variant)
  })

  it('contain neither the word itself nor any text twice', () => {
    const variants = editVariants('letter')
    expect(variants).not.toContain('letter')
    expect(new Set(variants).size).toBe(variants.length)
  })
})

import { askedText, replaceWords } from './search-text.js'

const wordsIn = (text: string) => askedText(text).words.map(({ word }) => word)
const lastOf = (text: string) => askedText(text).last?.word

describe('a search text', () => {
  it('has plain words that may be corrected, folded; what is quoted, excluded, short or not a word is left alone', () => {
    expect(wordsIn('Real TIME stratégy')).toEqual(['real', 'time', 'strategy'])
    expect(wordsIn('"exact phrase" -not c++ of foo-bar games')).toEqual(['games'])
    expect(wordsIn('cats OR dogs')).toEqual(['cats', 'dogs'])
  })

  it('completes its last word alone', () => {
    expect(lastOf('fast strat')).toBe('strat')
    expect(lastOf('strat*')).toBe('strat')
    expect(lastOf('strat "exact"')).toBeUndefined()
    expect(lastOf('strat -not')).toBeUndefined()
    expect(lastOf('ab')).toBeUndefined()
    expect(lastOf('cats OR dog')).toBeUndefined()
  })

  it('is mended in place', () => {
    expect(replaceWords(askedText('Fast gmae, gmae  -gmae "gmae"'), new Map([['gmae', 'game']]))).toBe('Fast gmae, game  -gmae "gmae"')
  })

  it('has at most 32 parts and no wildcard in front', () => {
    expect(() => askedText('a '.repeat(32))).not.toThrow()
    for (const text of ['a '.repeat(33), '*', '*game', 'real *game'])
      expect(() => askedText(text)).toThrow(expect.objectContaining({ code: 'SEARCH_LIMIT' }))
  })

  it.each([
    ['-'.repeat(33), '-'],
    ['|' + '-'.repeat(40) + '|', '|-|'],
    ['a ' + '-!'.repeat(20) + 'b', 'a -!b'],
    ['"a" - - -"b" --c', '"a" -"b" -c'],
    ['a--b -c- d', 'a--b -c- d'],
  ])('takes minuses that follow each other for one: %s', (typed, meant) => {
    expect(askedText(typed).text).toBe(meant)
  })

  it('takes whatever somebody types', () => {
    for (const text of ['"', '-', '-"', '""""', 'or or or', '\\', "'", '🎲', '\u202e', '&|!():*<->']) expect(() => askedText(text)).not.toThrow()
  })
})

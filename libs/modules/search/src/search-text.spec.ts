import { parseSearchText, replaceWords } from './search-text.js'

const wordsIn = (text: string) => parseSearchText(text).words.map(({ word }) => word)
const lastOf = (text: string) => parseSearchText(text).last?.word

describe('a search text', () => {
  it('has folded plain words that may be corrected; anything quoted, excluded, short or not a word is left alone', () => {
    expect(wordsIn('Real TIME stratégy')).toEqual(['real', 'time', 'strategy'])
    expect(wordsIn('"exact phrase" -not c++ of foo-bar games')).toEqual(['games'])
    expect(wordsIn('cats OR dogs')).toEqual(['cats', 'dogs'])
  })

  it('completes only its last word', () => {
    expect(lastOf('fast strat')).toBe('strat')
    expect(lastOf('strat*')).toBe('strat')
    expect(lastOf('strat "exact"')).toBeUndefined()
    expect(lastOf('strat -not')).toBeUndefined()
    expect(lastOf('ab')).toBeUndefined()
    expect(lastOf('cats OR dog')).toBeUndefined()
  })

  it('is corrected in place', () => {
    expect(replaceWords(parseSearchText('Fast gmae, gmae  -gmae "gmae"'), new Map([['gmae', 'game']]))).toBe('Fast gmae, game  -gmae "gmae"')
  })

  it('has at most 32 parts and no leading wildcard', () => {
    expect(() => parseSearchText('a '.repeat(32))).not.toThrow()
    for (const text of ['a '.repeat(33), '*', '*game', 'real *game'])
      expect(() => parseSearchText(text)).toThrow(expect.objectContaining({ code: 'SEARCH_LIMIT' }))
  })

  it.each([
    ['-'.repeat(33), '-'],
    ['|' + '-'.repeat(40) + '|', '|-|'],
    ['a ' + '-!'.repeat(20) + 'b', 'a -!b'],
    ['"a" - - -"b" --c', '"a" -"b" -c'],
    ['a--b -c- d', 'a--b -c- d'],
  ])('takes minuses that follow each other for one: %s', (typed, meant) => {
    expect(parseSearchText(typed).text).toBe(meant)
  })

  it('accepts whatever a person types', () => {
    for (const text of ['"', '-', '-"', '""""', 'or or or', '\\', "'", '🎲', '\u202e', '&|!():*<->'])
      expect(() => parseSearchText(text)).not.toThrow()
  })
})

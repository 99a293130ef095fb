import { wordsOf } from './words-of.js'

describe('the words of a text', () => {
  it('are folded and distinct, without numbers and words that are too short or too long', () => {
    expect([...wordsOf('Naïve naive NAÏVE, x11 of 2024 Ünïcode ' + 'y'.repeat(41))]).toEqual(['naive', 'x11', 'unicode'])
  })
})

import { folded } from '../words-of.js'
import type { IndexedDocument } from './search-index.js'

const stopWords = new Set(['a', 'an', 'and', 'are', 'for', 'in', 'is', 'of', 'on', 'or', 'the', 'to', 'with'])
const weights = { title: 1, tags: 0.4, body: 0.15 }

const wordsIn = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? []

/** How well a document matches a text in the grammar of `websearch_to_tsquery`; 0 if it does not. The best of the alternatives between ORs counts. */
export function matchScore(document: IndexedDocument, text: string): number {
  return Math.max(...text.split(/\sor\s/i).map((alternative) => allOf(document, alternative)))
}

function allOf(document: IndexedDocument, alternative: string): number {
  let score = 0
  for (const [part] of alternative.matchAll(/-?"[^"]*"?|\S+/g)) {
    const words = wordsIn(part).filter((word) => !stopWords.has(word))
    if (words.length === 0) continue
    const found = phraseScore(document, words)
    if (part.startsWith('-') ? found > 0 : found === 0) return 0
    score += found
  }
  return score
}

function phraseScore({ title, body, category, tags }: IndexedDocument, words: readonly string[]): number {
  const phrase = [' ', words.join(' '), ' '].join('')
  const holds = (text: string) => [' ', wordsIn(text).join(' '), ' '].join('').includes(phrase)
  return (holds(title) ? weights.title : 0) + (holds([category, ...tags].join(' ')) ? weights.tags : 0) + (holds(body) ? weights.body : 0)
}

import { searchErrors } from '@kilomega/contracts'
import { folded, wordLength } from './words-of.js'

/** The maximum number of parts in a search text: words, phrases in quotes, exclusions. The time of a query grows with them. */
const maxParts = 32
const part = /-?"[^"]*"?|\S+/g
/** Several minuses with only marks between them are one exclusion. Postgres would take each for an operator, and has room for 32 ("tsquery stack too small"). */
const minuses = /(^|[\s"!&|()])-[\s!&|()-]*-/g
const bare = /^[\p{L}\p{N}]+$/u

interface Word {
  /** Folded. */
  word: string
  start: number
  end: number
}

/** A search text in the grammar of `websearch_to_tsquery` (words, "phrases", -exclusions, OR), with the words that may be completed or corrected. */
export interface SearchText {
  text: string
  /** Plain words, neither quoted nor excluded. */
  words: Word[]
  /** The last word, if it may be the beginning of one. */
  last: Word | undefined
}

/** Accepts whatever a person types, and fails only on what would cost too much: too many parts, or a wildcard in front of a word. */
export function parseSearchText(typed: string): SearchText {
  const text = typed.replace(minuses, '$1-')
  const parts = [...text.matchAll(part)]
  if (parts.length > maxParts) throw searchErrors.SEARCH_LIMIT({ parts: parts.length, limit: maxParts })
  if (parts.some(([raw]) => raw.startsWith('*'))) throw searchErrors.SEARCH_LIMIT({ wildcard: 'in front of a word' })
  const words = parts.flatMap((match) => wordIn(match[0], match.index))
  const alternatives = parts.some(([raw]) => isOr(raw))
  const last = words.at(-1)
  return { text, words, last: !alternatives && last?.end === endOfLast(parts.at(-1)) ? last : undefined }
}

/** The text with some of its words replaced. */
export function replaceWords({ text, words }: SearchText, replacements: ReadonlyMap<string, string>): string {
  return words.reduceRight(
    (result, { word, start, end }) => result.slice(0, start) + (replacements.get(word) ?? result.slice(start, end)) + result.slice(end),
    text,
  )
}

const isOr = (raw: string): boolean => raw.toLowerCase() === 'or'

/** `strat*` means the same as `strat`: the last word is completed in any case. */
const withoutStar = (raw: string): string => raw.replace(/\*+$/, '')

const endOfLast = (match: RegExpExecArray | undefined): number | undefined => match && match.index + withoutStar(match[0]).length

function wordIn(raw: string, start: number): Word[] {
  const text = withoutStar(raw)
  const word = folded(text)
  const fits = bare.test(text) && word.length >= wordLength.min && word.length <= wordLength.max && !isOr(text)
  return fits ? [{ word, start, end: start + text.length }] : []
}

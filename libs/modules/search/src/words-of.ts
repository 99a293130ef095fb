const word = /[\p{L}\p{N}]+/gu
const ascii = /^[\x00-\x7f]*$/
const marks = /\p{M}/gu

/** What is kept of a word's length: longer ones are no words that somebody types. */
export const wordLength = { min: 3, max: 40 }

/** Lower case without accents, as the index folds words before it stems them. */
export function folded(text: string): string {
  const lower = text.toLowerCase()
  return ascii.test(lower) ? lower : lower.normalize('NFD').replace(marks, '').normalize('NFC')
}

/** The distinct words of a text that may be corrected to or completed to, folded. Numbers are none: nobody wants 2024 for 2025. */
export function wordsOf(text: string): Set<string> {
  const found = folded(text).match(word) ?? []
  return new Set(found.filter(({ length }) => length >= wordLength.min && length <= wordLength.max).filter((one) => !/^\p{N}+$/u.test(one)))
}

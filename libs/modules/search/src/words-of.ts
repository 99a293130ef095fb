const word = /[\p{L}\p{N}]+/gu
const ascii = /^[\x00-\x7f]*$/
const marks = /\p{M}/gu

/** The maximum length of a word: nobody types longer ones. */
export const wordLength = { min: 3, max: 40 }

/** Lower case without accents, as the index folds words before stemming. */
export function folded(text: string): string {
  const lower = text.toLowerCase()
  return ascii.test(lower) ? lower : lower.normalize('NFD').replace(marks, '').normalize('NFC')
}

/** The distinct, folded words of a text that may serve as corrections or completions. Numbers are left out: 2024 is not a correction of 2025. */
export function wordsOf(text: string): Set<string> {
  const found = folded(text).match(word) ?? []
  return new Set(found.filter(({ length }) => length >= wordLength.min && length <= wordLength.max).filter((one) => !/^\p{N}+$/u.test(one)))
}

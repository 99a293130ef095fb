/** A statement on one line, without lines of comment. */
export const onOneLine = (sql: string): string =>
  sql
    .replace(/^\s*--.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()

/** Parts of a list, such as the actions of `ALTER TABLE`: divided at commas that are not in brackets or quotes. */
export function splitList(text: string): string[] {
  const parts = ['']
  let [depth, quote] = [0, '']
  for (const character of text) {
    if (quote === '' && (character === "'" || character === '"')) quote = character
    else if (character === quote) quote = ''
    else if (quote === '') depth += character === '(' || character === '[' ? 1 : character === ')' || character === ']' ? -1 : 0
    if (character === ',' && depth === 0 && quote === '') parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}

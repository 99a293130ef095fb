/** Private-use characters that stand for marks while a fragment is plain text, and one for `<`. Nobody types them, and `shielded` drops them. */
export const marks = { start: '\uE000', stop: '\uE001', between: '\uE002', less: '\uE003' }

const anyMark = new RegExp('[' + Object.values(marks).join('') + ']', 'g')
const longRun = /\S{200}/gu

/**
 * A text as the parser of Postgres may get it. It would take tags and comments out, and needs seconds for a post of nothing but `<!--`; and half a
 * minute for 64 KiB of `a_` or `~/` in one run, because its time grows with the square of a run's length. So no `<`, and no run over 200 characters.
 */
export const shielded = (text: string): string => text.replace(anyMark, '').replaceAll('<', marks.less).replace(longRun, '$& ')

/** A shielded text as it is shown. */
export const unshielded = (text: string): string => text.replaceAll(marks.less, '<')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => unshielded(text).replace(/[&<>"']/g, (character) => entities[character]!)

/** Fragments of plain text with marks, as HTML in which nothing but `<mark>` is markup. A fragment without a mark shows nothing and is left out. */
export function highlights(...texts: string[]): string[] {
  const fragments = texts.flatMap((text) => text.split(marks.between)).filter((fragment) => fragment.includes(marks.start))
  return fragments.map((fragment) => escaped(fragment.trim()).replaceAll(marks.start, '<mark>').replaceAll(marks.stop, '</mark>'))
}

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

/** Characters of a fragment. 25 words of most languages are shorter; what is written without spaces counts as a few words and would be whole paragraphs. */
export const fragmentLength = 300
/** Of these before the first mark. */
const lead = 80

/**
 * Fragments of plain text with marks, as HTML in which nothing but `<mark>` is markup: all of a title, and a little of a body. A fragment without a mark
 * shows nothing and is left out.
 */
export function highlights(title: string, body: string): string[] {
  const fragments = [title, ...body.split(marks.between).map(shortened)].filter((fragment) => fragment.includes(marks.start))
  return fragments.map((fragment) => escaped(fragment.trim()).replaceAll(marks.start, '<mark>').replaceAll(marks.stop, '</mark>'))
}

/** What stands around the first mark. */
function shortened(fragment: string): string {
  if (fragment.length <= fragmentLength) return fragment
  const start = Math.max(0, fragment.indexOf(marks.start) - lead)
  const part = fragment.slice(start, start + fragmentLength).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
  return part.lastIndexOf(marks.start) > part.lastIndexOf(marks.stop) ? part + marks.stop : part
}

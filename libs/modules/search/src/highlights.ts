/** Private-use characters that stand for marks while a fragment is plain text, and one for `<`. They do not occur in normal text, and `shielded` drops them. */
export const marks = { start: '\uE000', stop: '\uE001', between: '\uE002', less: '\uE003' }

const anyMark = new RegExp('[' + Object.values(marks).join('') + ']', 'g')
const longRun = /\S{200}/gu

/**
 * A text in a form that is safe for the parser of Postgres. The parser would drop tags and comments, and needs seconds for a post of nothing but `<!--`,
 * and half a minute for 64 KiB of `a_` or `~/` in one run, because its time grows with the square of a run's length. So no `<`, and no run over 200
 * characters.
 */
export const shielded = (text: string): string => text.replace(anyMark, '').replaceAll('<', marks.less).replace(longRun, '$& ')

/** The original text of a shielded one, for display. */
export const unshielded = (text: string): string => text.replaceAll(marks.less, '<')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => unshielded(text).replace(/[&<>"']/g, (character) => entities[character]!)

/** Characters of a fragment. In most languages 25 words are shorter; text without spaces counts as a few words and would give whole paragraphs. */
export const fragmentLength = 300
/** Of these, characters before the first mark. */
const lead = 80

/**
 * Turns fragments of plain text with marks into HTML in which only `<mark>` is markup: the whole title, and a little of the body. A fragment without a
 * mark shows nothing and is left out.
 */
export function highlights(title: string, body: string): string[] {
  const fragments = [title, ...body.split(marks.between).map(shortened)].filter((fragment) => fragment.includes(marks.start))
  return fragments.map((fragment) => escaped(fragment.trim()).replaceAll(marks.start, '<mark>').replaceAll(marks.stop, '</mark>'))
}

/** The surroundings of the first mark. */
function shortened(fragment: string): string {
  if (fragment.length <= fragmentLength) return fragment
  const start = Math.max(0, fragment.indexOf(marks.start) - lead)
  const part = fragment.slice(start, start + fragmentLength).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
  return part.lastIndexOf(marks.start) > part.lastIndexOf(marks.stop) ? part + marks.stop : part
}

/** Characters of the private-use area that stand for marks while a fragment is plain text: nobody types them, and the index drops them from texts. */
export const marks = { start: '\uE000', stop: '\uE001', between: '\uE002' }

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** Fragments of plain text with marks, as HTML in which nothing but `<mark>` is markup. A fragment without a mark shows nothing and is left out. */
export function highlights(...texts: string[]): string[] {
  const fragments = texts.flatMap((text) => text.split(marks.between)).filter((fragment) => fragment.includes(marks.start))
  return fragments.map((fragment) => escaped(fragment.trim()).replaceAll(marks.start, '<mark>').replaceAll(marks.stop, '</mark>'))
}

import type { Vocabulary } from './arbitrary-of.js'

const idOf = (number: number): string => '0199f0a2-7c1e-7b63-9d54-' + number.toString(16).padStart(12, '0')

/** Keys of pictures as an edge would have stored them; each can be accepted once. */
export const quarantined = Array.from({ length: 20 }, (_, index) => `quarantine/report-picture-${index}`)

/** A dozen ids and words: so few that generated calls hit data that other calls have created. */
export const vocabulary: Vocabulary = {
  ids: Array.from({ length: 12 }, (_, index) => idOf(index + 1)),
  words: ['harbour', 'ship', 'anchor', 'captain', 'tide', 'editor', 'library', 'network', 'real', 'time', 'strategy', 'Äther'],
  texts: [...quarantined, 'quarantine/report-text', 'quarantine/report-nothing', 'page.viewed'],
}

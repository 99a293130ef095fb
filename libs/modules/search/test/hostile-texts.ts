import type { SearchQuery } from '@kilomega/contracts'
import fc from 'fast-check'

/** Pieces of search texts, names and posts that may break a parser: signs with a meaning in some grammar, and characters that are not a single letter. */
const alphabets: readonly (readonly string[])[] = [
  ['-'],
  ['|', '-'],
  ['!', '-'],
  ['(', ')', '-', '!', '&', '|', ' '],
  ['-', ' ', '\t', '\u00a0', '\u3000'],
  ['"', '-', 'a', ' '],
  ["'", '\\', '"', ':', '*', 'A', ' '],
  ['<', '-', '>', '2', ' ', '!', '('],
  [' or ', ' OR ', 'a', '-', '"', '|'],
  ['editor', 'stratgy', 'ŉ', '½', 'ﬀ', 'İ', 'ß', ' ', '-'],
  ['a', '_', '~', '/', '.', '@', ':', '%', '?', '=', '#', '-'],
  ['\u0000', '\ud800', '\u202e', '\u200b', '\ufeff', '\uffff', '\ue000', '\ue001', '\ue002', '\ue003'],
  ['é', 'e\u0301', '\u0301', 'あ', 'ก', 'ا', '한', '🎲', '👩‍👩‍👧', '\u{10ffff}'],
  ['<mark>', '</mark>', '<!--', '-->', '&amp;', '$1', '${', '{"a":', '[', ']'],
  ['=c', '=t', "'=a'", ' | ', ' & ', ':*', ':A', '::tsquery'],
  ['1', '-', '+', '.', 'e', '9', ',', ' '],
]
const everything = alphabets.flat()

/** Runs of one sign test stacks and quadratic time, mixtures test grammars. */
const rough = fc.oneof(
  ...alphabets.map((letters) => fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 200, size: 'max' })),
  fc.array(fc.constantFrom(...everything), { minLength: 1, maxLength: 60, size: 'max' }),
  fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 12, size: 'max' }),
)

const cut = (parts: readonly string[], length: number): string => parts.join('').slice(0, length).toWellFormed().replaceAll('\u0000', '')

/** Texts that the port accepts: up to `length` characters, no NUL and no unpaired surrogate. */
export const hostileText = (length: number): fc.Arbitrary<string> => rough.map((parts) => cut(parts, length))

const optional = { requiredKeys: ['text', 'limit'] as ['text', 'limit'] }

/** Complete searches of hostile text, with equally hostile filters. */
export const hostileSearch: fc.Arbitrary<SearchQuery> = fc.record(
  {
    text: hostileText(200).map((text) => text.trim() || '-'),
    limit: fc.constantFrom(1, 20, 100),
    category: hostileText(64),
    tag: hostileText(64),
    author: fc.constant('0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10'),
    sort: fc.constantFrom('relevance' as const, 'newest' as const),
    facets: fc.constant(['category' as const, 'tag' as const]),
  },
  optional,
)

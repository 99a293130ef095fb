import fc, { type Arbitrary } from 'fast-check'

const junk = fc.oneof(
  fc.constantFrom<unknown>(null, '', -1, 1e308, [], {}, true, 'a\u0000b', '\ud800', 'x'.repeat(70_000), "' OR 1=1 --", { $gt: '' }),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Turns values that match a schema into values that mostly do not: a field is dropped, replaced or added, or the value is junk. */
export const broken = (valid: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: junk, weight: 1 },
    { arbitrary: fc.tuple(valid, fc.nat(), junk, fc.constantFrom('drop', 'replace', 'add')).map(damage), weight: 4 },
  )

function damage([value, at, replacement, how]: [unknown, number, unknown, string]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return replacement
  const names = Object.keys(value)
  if (how === 'add' || names.length === 0) return { ...value, unknownField: replacement }
  const name = names[at % names.length]!
  const { [name]: _, ...rest } = value as Record<string, unknown>
  return how === 'drop' ? rest : { ...rest, [name]: replacement }
}

import { hash } from 'node:crypto'

/** Hex SHA-256 of a value as JSON with sorted names: the same for equal inputs, whatever the order of their names. */
export const inputHash = (input: unknown): string => hash('sha256', JSON.stringify(input, sorted) ?? '')

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

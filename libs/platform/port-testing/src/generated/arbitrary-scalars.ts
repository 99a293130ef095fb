import fc, { type Arbitrary } from 'fast-check'
import type { Vocabulary } from './arbitrary-of.js'

/** The part of JSON Schema that zod generates. */
export interface JsonSchema {
  /** Several where a scalar may also be null. */
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
}

/** Longer texts find no more faults and take most of the time. */
const longestText = 300
/** Without bounds in the schema, numbers are in the range of counters and versions. */
const usual = { least: 0, most: 1_000 }

export function numberOf({ type, minimum = -Infinity, maximum = Infinity }: JsonSchema): Arbitrary<number> {
  const min = minimum > Number.MIN_SAFE_INTEGER ? minimum : Math.min(usual.least, maximum)
  const max = maximum < Number.MAX_SAFE_INTEGER ? maximum : Math.max(usual.most, min)
  return type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
}

export function textOf(schema: JsonSchema, vocabulary: Vocabulary): Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = longestText } = schema
  if (format === 'uuid') return knownOr(vocabulary.ids, uuidV7)
  if (format === 'date-time') return dateTime
  if (format === 'idn-email') return fc.constantFrom('ada@example.org', 'ben@example.org').chain((known) => fc.oneof(fc.constant(known), mailbox))
  if (pattern !== undefined)
    return knownOr(
      vocabulary.texts.filter((text) => new RegExp(pattern).test(text)),
      fc.stringMatching(new RegExp(pattern)),
    )
  const longest = Math.max(minLength, Math.min(maxLength, longestText))
  const anything = fc.string({ unit: 'grapheme', minLength, maxLength: longest })
  const words = fc.array(fc.constantFrom(...vocabulary.words), { minLength: 1, maxLength: 3 }).map((some) => some.join(' ').slice(0, longest))
  return minLength > 3 ? anything : fc.oneof({ arbitrary: words, weight: 4 }, { arbitrary: anything, weight: 1 })
}

function knownOr(known: readonly string[], other: Arbitrary<string>): Arbitrary<string> {
  return known.length === 0 ? other : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 4 }, { arbitrary: other, weight: 1 })
}

const mailbox = fc
  .tuple(fc.stringMatching(/^[a-zäжé]{1,8}[.&+'/][a-z]{1,8}$/), fc.constantFrom('example.org', 'bücher.example', 'xn--e1afmkfd.xn--p1ai'))
  .map(([name, domain]) => `${name}@${domain}`)
const dateTime = fc
  .date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2027-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const uuidV7 = fc.uuid({ version: 7 })

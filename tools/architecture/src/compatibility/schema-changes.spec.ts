import { jsonText, wireSchema } from '@kilomega/ports'
import { z } from 'zod'
import type { Flow } from './effect.js'
import { schemaChanges } from './schema-changes.js'

/** A change of a schema, and the flows in which it breaks; the next column is for the reverse change. */
type Case = [sentence: string, before: z.ZodType, after: z.ZodType, breaksIn: Flow[], breaksBackIn: Flow[]]

const all: Flow[] = ['input', 'output', 'event']
const whenNarrower: Flow[] = ['input', 'event']
const whenWider: Flow[] = ['output', 'event']
const a = z.object({ a: z.string() })
const dated = z.object({ a: z.string(), at: z.string().optional() })

const cases: Case[] = [
  ['a new optional field', a, dated, [], ['input']],
  ['a new required field', a, z.object({ a: z.string(), b: z.string() }), all, all],
  ['a new field with a default', a, z.object({ a: z.string(), b: z.string().default('') }), [], ['input']],
  ['a field that became required', dated, z.object({ a: z.string(), at: z.string() }), whenNarrower, whenWider],
  ['a default that went', z.object({ a: z.string().default('x') }), a, whenNarrower, whenWider],
  ['another default', z.object({ a: z.string().default('x') }), z.object({ a: z.string().default('y') }), all, all],
  ['another type', z.string(), z.number(), all, all],
  ['whole numbers where any were', z.number().min(0).max(9), z.int().min(0).max(9), whenNarrower, whenWider],
  ['text where anything was', z.unknown(), z.string(), whenNarrower, whenWider],
  ['a value of an enum that went', z.enum(['a', 'b']), z.enum(['a']), whenNarrower, whenWider],
  ['values written out', z.string(), z.enum(['a']), whenNarrower, whenWider],
  ['a literal that grew into an enum', z.literal('a'), z.enum(['a', 'b']), whenWider, whenNarrower],
  ['another literal', z.literal('a'), z.literal('b'), all, all],
  ['a lower maxLength', z.string().max(9), z.string().max(8), whenNarrower, whenWider],
  ['a new maxLength', z.string(), z.string().max(8), whenNarrower, whenWider],
  ['a higher minLength', z.string().min(1), z.string().min(2), whenNarrower, whenWider],
  ['a lower maximum', z.number().max(9), z.number().max(8), whenNarrower, whenWider],
  ['a lower exclusive maximum', z.number().lt(9), z.number().lt(8), whenNarrower, whenWider],
  ['a higher minimum', z.number().min(1), z.number().min(2), whenNarrower, whenWider],
  ['a lower maxItems', z.array(a).max(9), z.array(a).max(8), whenNarrower, whenWider],
  ['a higher minItems', z.array(a).min(1), z.array(a).min(2), whenNarrower, whenWider],
  ['a new pattern', z.string(), z.string().regex(/^a/), whenNarrower, whenWider],
  ['another pattern', z.string().regex(/^a/), z.string().regex(/^b/), all, all],
  ['another format', z.email(), z.uuid(), all, all],
  ['steps of numbers', z.number(), z.number().multipleOf(5), whenNarrower, whenWider],
  ['null besides the value', a, a.nullable(), whenWider, whenNarrower],
  ['null besides text', z.string(), z.string().nullable(), whenWider, whenNarrower],
  ['a limit of text that may be null', z.string().nullable(), z.string().max(5).nullable(), whenNarrower, whenWider],
  ['a third alternative', z.union([z.string(), z.number()]), z.union([z.string(), z.number(), z.boolean()]), whenWider, whenNarrower],
  ['alternatives in another order', z.union([z.string(), z.number()]), z.union([z.number(), z.string()]), [], []],
  ['a change deep in an object that may be null', a.nullable(), z.object({ a: z.string().max(5) }).nullable(), whenNarrower, whenWider],
  ['a change of items', z.array(z.string()), z.array(z.string().max(5)), whenNarrower, whenWider],
  ['a change of the values of a record', z.record(z.string(), z.string()), z.record(z.string(), z.string().max(5)), whenNarrower, whenWider],
  ['a change of the keys of a record', z.record(z.string(), z.string()), z.record(z.string().max(5), z.string()), whenNarrower, whenWider],
  ['a record over one more key', z.record(z.enum(['a']), a), z.record(z.enum(['a', 'b']), a), all, all],
  ['a record where fields were named', a, z.record(z.string(), z.string()), all, all],
  ['fields of any name', a, z.looseObject({ a: z.string() }), all, all],
  ['an unknown keyword', a, a.meta({ 'x-order': 1 }), all, all],
  ['a tuple of another length', z.tuple([a]), z.tuple([a, a]), all, all],
  ['a change in serialised JSON', z.object({ t: jsonText(z.string()) }), z.object({ t: jsonText(z.string().max(5)) }), whenNarrower, whenWider],
  ['another description', a.describe('one'), a.describe('two').meta({ example: { a: 'b' } }), [], []],
]

const breakingFlows = (before: z.ZodType, after: z.ZodType): Flow[] =>
  all.filter((flow) => schemaChanges(wireSchema(before), wireSchema(after), { flow, path: flow }).length > 0)
const listed = (flows: Flow[]): string => (flows.length === 0 ? 'nothing' : flows.join(', '))

describe.each(cases)('%s', (_, before, after, breaksIn, breaksBackIn) => {
  it(`breaks ${listed(breaksIn)}`, () => expect(breakingFlows(before, after)).toEqual(breaksIn))
  it(`breaks ${listed(breaksBackIn)} on the way back`, () => expect(breakingFlows(after, before)).toEqual(breaksBackIn))
  it('breaks nothing if it stays the same', () => expect([...breakingFlows(before, before), ...breakingFlows(after, after)]).toEqual([]))
})

it('says where, even inside alternatives, items and records', () => {
  const holding = (text: z.ZodType) =>
    wireSchema(
      z.object({ list: z.array(z.object({ text: text.nullable() })), kinds: z.record(z.string(), z.object({ text })), valueOf: text.optional() }),
    )
  const found = schemaChanges(holding(z.string()), holding(z.string().max(5)), { flow: 'input', path: 'input' })
  expect(found.map(({ path }) => path)).toEqual(['input.list[].text', 'input.kinds.*.text', 'input.valueOf'])
  expect(found[0]?.words).toBe('maxLength was nothing and is 5; an old caller may send what is refused now')
})

it('distinguishes alternatives by the field that names their kind', () => {
  const actor = (name: z.ZodType) =>
    wireSchema(z.discriminatedUnion('kind', [z.object({ kind: z.literal('user'), name }), z.object({ kind: z.literal('system'), name: z.string() })]))
  const found = schemaChanges(actor(z.string()), actor(z.int()), { flow: 'output', path: 'output' })
  expect(found).toEqual([{ path: 'output.name', words: 'type was "string" and is "integer"; it cannot be compared' }])
})

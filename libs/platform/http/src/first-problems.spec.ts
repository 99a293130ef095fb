import { type Problem, Problems } from '@kilomega/ports'
import { z } from 'zod'
import { addFirstProblems } from './first-problems.js'
import { strict } from './strict.js'

const schema = strict(
  z.object({
    name: z.string().trim().min(1),
    size: z.int().nullable().default(null),
    items: z
      .array(z.object({ id: z.uuid(), note: z.string().optional() }))
      .max(1_000)
      .optional(),
    properties: z.record(z.string().max(8), z.union([z.string(), z.number()])).optional(),
    numbers: z.record(z.number(), z.string()).optional(),
    forgiven: z.object({ a: z.string() }).catch({ a: '' }).optional(),
  }),
)

function found(value: unknown): Problem[] {
  const problems = new Problems()
  addFirstProblems(schema, value, problems)
  return problems.listed
}

function reportedBySchema(value: unknown): Problem[] {
  const problems = new Problems()
  const result = schema.safeParse(value)
  if (!result.success) problems.addAll(result.error)
  return problems.listed
}

const id = '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10'

describe('the first problems of a value', () => {
  it.each<[string, unknown]>([
    ['what is valid', { name: 'a', size: 1, items: [{ id }], properties: { a: 1 }, numbers: { 1: 'a' }, forgiven: 1 }],
    ['what has only what it must', { name: 'a' }],
    ['nothing', undefined],
    ['a list', []],
    ['a field that is missing', {}],
    ['fields of other types', { name: 1, size: 'x', items: 1, properties: [], numbers: 1 }],
    ['unknown fields at two levels', { name: 'a', more: 1, items: [{ id, more: 1 }] }],
    ['bad items between good ones', { name: 'a', items: [{ id }, {}, { id: 1, note: 1 }, null] }],
    ['bad names and values', { name: 'a', properties: { aaaaaaaaaaaa: 1, b: [] } }],
    ['a list that is too long', { name: 'a', items: Array.from({ length: 1_001 }, () => 1) }],
    ['an empty text', { name: ' ' }],
  ])('are those that the schema reports: %s', (_, value) => {
    const sorted = (problems: Problem[]) => problems.map(({ path, code }) => `${path} ${code}`).sort()
    expect(sorted(found(value))).toEqual(sorted(reportedBySchema(value)))
  })

  it('stop at a limit', () => {
    const problems = new Problems()
    addFirstProblems(
      strict(z.object({ a: z.record(z.string(), z.null()) })),
      { a: Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [i, 1])) },
      problems,
    )
    expect([problems.listed.length, problems.count]).toEqual([50, 1_000])
  })
})

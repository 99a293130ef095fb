import { type AnyPort, wireSchema } from '@kilomega/ports'
import * as contracts from './index.js'

const isPort = (value: unknown): value is AnyPort => typeof value === 'function' && 'portName' in value
const ports = Object.values<unknown>(contracts).filter(isPort)

/** Paths of the lists without a limit in a schema. */
function unlimited(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { type, maxItems } = schema as { type?: string; maxItems?: number }
  const own = type === 'array' && maxItems === undefined ? [path] : []
  return [...own, ...Object.entries(schema).flatMap(([name, inner]) => unlimited(inner, `${path}.${name}`))]
}

it('every list in an answer of a port has a limit', () => {
  expect(ports.length).toBeGreaterThan(5)
  const found = ports.flatMap(({ portName, operations }) =>
    Object.entries(operations).flatMap(([name, { output }]) => (output === undefined ? [] : unlimited(wireSchema(output), `${portName}.${name}`))),
  )
  expect(found).toEqual([])
})

import * as contracts from '@kilomega/contracts'
import type { AnyPort } from '@kilomega/ports'

const exported: unknown[] = Object.values(contracts)
const ports = exported.filter((one): one is AnyPort => typeof one === 'function' && 'portName' in one)

it('every operation of a port documents its promise', () => {
  const silent = ports.flatMap(({ portName, operations }) =>
    Object.entries(operations)
      .filter(([, { summary }]) => summary === undefined)
      .map(([name]) => `${portName}.${name}`),
  )
  expect(ports.length).toBeGreaterThanOrEqual(6)
  expect(silent).toEqual([])
})

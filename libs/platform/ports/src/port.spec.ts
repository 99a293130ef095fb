import { z } from 'zod'
import { event } from './event.js'
import { jsonText, schemaInText } from './json-text.js'
import { command, query } from './operation.js'
import { port, wireSchema } from './port.js'

const Ship = z.object({ name: z.string() })

describe('a port', () => {
  it('is a class with the name and the operations, which only the system may call unless they declare more', () => {
    abstract class HarbourPort extends port('harbour', {
      find: query({ input: Ship, output: jsonText(Ship), timeoutMs: 100, access: 'anyone', summary: 'Finds a ship' }),
      sink: command({ input: Ship, timeoutMs: 100 }),
    }) {}
    expect(HarbourPort.portName).toBe('harbour')
    expect(HarbourPort.operations.find).toMatchObject({ kind: 'query', timeoutMs: 100, access: 'anyone', summary: 'Finds a ship' })
    expect(HarbourPort.operations.sink).toMatchObject({ kind: 'command', access: 'system', output: undefined })
  })

  it.each([
    ['a date', z.date()],
    ['a map', z.map(z.string(), z.string())],
    ['a big integer', z.bigint()],
    ['a transformation', z.string().transform((text) => text.length)],
  ])('cannot be made with %s, which no wire carries', (_, schema) => {
    expect(() => port('harbour', { find: query({ input: z.object({ value: schema }), timeoutMs: 1 }) })).toThrow(
      'harbour: find has a schema that cannot cross a wire',
    )
    expect(() => port('harbour', { find: query({ input: Ship, output: schema, timeoutMs: 1 }) })).toThrow('cannot cross a wire')
  })

  it('has a name that fits into subjects and schemas', () => {
    expect(() => port('Harbour 1', {})).toThrow('lower case')
  })
})

describe('ready-made JSON', () => {
  it('is described by the schema of its value', () => {
    expect(wireSchema(jsonText(Ship))).toEqual(wireSchema(Ship))
    expect(schemaInText(jsonText(Ship))).toBe(Ship)
    expect(schemaInText(Ship)).toBeUndefined()
  })

  it('is a string', () => {
    expect(jsonText(Ship).safeParse('{}').success).toBe(true)
    expect(jsonText(Ship).safeParse({ name: 'Beagle' }).success).toBe(false)
  })
})

describe('a domain event', () => {
  const ShipSank = event('harbour.ship-sank', Ship)

  it('belongs to the module in its name', () => {
    expect({ ...ShipSank }).toMatchObject({ eventName: 'harbour.ship-sank', module: 'harbour' })
  })

  it('is checked when it is made', () => {
    expect(ShipSank({ name: 'Beagle' })).toMatchObject({ definition: { eventName: 'harbour.ship-sank' }, payload: { name: 'Beagle' } })
    expect(() => ShipSank({} as never)).toThrow()
  })

  it('has a name with a module and a payload that crosses a wire', () => {
    expect(() => event('sank', Ship)).toThrow('<module>.<past-tense>')
    expect(() => event('harbour.sank', z.object({ at: z.date() }))).toThrow()
  })
})

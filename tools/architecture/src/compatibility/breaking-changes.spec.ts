import { type BreakingChange, breakingChanges } from './breaking-changes.js'
import type { OperationDescription, PortsDocument } from './ports-document.js'

type Parts = Partial<OperationDescription> & Record<string, unknown>

const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false }
const find: OperationDescription = { kind: 'query', access: 'user', timeoutMs: 1_000, repeat: 'harmless', input: text, output: text }
const { repeat: _, ...unsaid } = find
const withFind = (parts: Parts, from: OperationDescription = find): PortsDocument => ({
  ports: { harbour: { find: { ...from, ...parts } } },
  events: {},
})
const withEvent = (schema: object): PortsDocument => ({ ports: {}, events: { 'harbour.ship-sunk': { ...schema } } })
const nothing: PortsDocument = { ports: {}, events: {} }

const placesOf = (changes: BreakingChange[]): string[] => changes.map(({ port, operation, path }) => [port, operation, path].join(' ').trim())
const between = (before: PortsDocument, after: PortsDocument): string[] => placesOf(breakingChanges(before, after))

/** One change, what it breaks, and what its reverse breaks. */
const cases: [sentence: string, before: PortsDocument, after: PortsDocument, breaks: string[], breaksBack: string[]][] = [
  ['a new port', nothing, withFind({}), [], ['harbour']],
  ['a new operation', { ports: { harbour: {} }, events: {} }, withFind({}), [], ['harbour find']],
  ['a new event', nothing, withEvent(text), [], ['harbour ship-sunk']],
  ['another kind', withFind({}), withFind({ kind: 'command' }), ['harbour find kind'], ['harbour find kind']],
  ['access for admins', withFind({}), withFind({ access: 'admin' }), ['harbour find access'], []],
  ['access for the system', withFind({}), withFind({ access: 'system' }), ['harbour find access'], []],
  ['access for anyone', withFind({}), withFind({ access: 'anyone' }), [], ['harbour find access']],
  ['access with an unknown name', withFind({}), withFind({ access: 'guest' }), ['harbour find access'], ['harbour find access']],
  ['less time', withFind({}), withFind({ timeoutMs: 999 }), ['harbour find timeoutMs'], []],
  ['a repeat that is harmless only', withFind({ repeat: 'same' }), withFind({}), ['harbour find repeat'], []],
  ['a repeat that is forbidden', withFind({ repeat: 'same' }), withFind({ repeat: 'never' }), ['harbour find repeat'], []],
  ['a harmless repeat that is forbidden', withFind({}), withFind({ repeat: 'never' }), ['harbour find repeat'], []],
  ['a repeat that is harmless only where nothing was said', withFind({}, unsaid), withFind({}), ['harbour find repeat'], []],
  ['a repeat that is said to be the same', withFind({}, unsaid), withFind({ repeat: 'same' }), [], []],
  ['another summary', withFind({ summary: 'Finds' }), withFind({ summary: 'Looks for' }), [], []],
  ['an answer where there was none', withFind({ output: null }), withFind({}), ['harbour find output'], ['harbour find output']],
  ['an unknown property', withFind({}), withFind({ cost: 3 }), ['harbour find cost'], ['harbour find cost']],
  ['less input', withFind({}), withFind({ input: { type: 'null' } }), ['harbour find input'], ['harbour find input']],
  ['an event of another form', withEvent(text), withEvent({ type: 'null' }), ['harbour ship-sunk event'], ['harbour ship-sunk event']],
]

describe.each(cases)('%s', (_sentence, before, after, breaks, breaksBack) => {
  it(`breaks ${breaks.length === 0 ? 'nothing' : breaks.join(', ')}`, () => expect(between(before, after)).toEqual(breaks))
  it(`breaks ${breaksBack.length === 0 ? 'nothing' : breaksBack.join(', ')} on the way back`, () =>
    expect(between(after, before)).toEqual(breaksBack))
})

it('describes every change', () => {
  expect(breakingChanges(withFind({}), withFind({ access: 'system', timeoutMs: 10 }))).toEqual([
    { port: 'harbour', operation: 'find', path: 'access', words: 'was "user" and is "system"; an old caller may be turned away' },
    {
      port: 'harbour',
      operation: 'find',
      path: 'timeoutMs',
      words: 'was 1000 and is 10; a new caller does not wait for what an old handler was given time for',
    },
  ])
})

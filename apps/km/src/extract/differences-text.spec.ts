import { differencesText } from './differences-text.js'

const sample = (operation: string) => ({
  what: 'a call',
  call: { operation, actor: { kind: 'anonymous' }, input: {} } as const,
  local: { value: 1 },
  remote: { value: 2 },
})

describe('The failure of a report', () => {
  it('names how often answers differed, and the first three', () => {
    const text = differencesText({ module: 'billing', differences: 136, samples: ['get', 'list', 'pay', 'remove'].map(sample) })
    expect(text).toMatch(
      /^billing came out differently 136 times:\nget: a call of anonymous with \{\}\n  differs at value\n  in process: 1\n  over NATS:  2\nlist/,
    )
    expect(text.match(/a call/g)).toHaveLength(3)
    expect(differencesText({ module: 'billing', differences: 1, samples: [sample('get')] })).toMatch(/^billing came out differently once:\nget/)
  })
})

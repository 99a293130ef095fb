import fc from 'fast-check'
import { cancelSubject, durableName, eventSubject, inboxesOf, inboxPrefix, portSubject, queueGroup } from './subjects.js'

const name = fc.stringMatching(/^[a-z][a-z-]{0,15}$/)
const method = fc.stringMatching(/^[a-zA-Z_$][a-zA-Z0-9_$]{0,15}$/)
const subscriber = fc.tuple(name, method, name, name).map(([module, hears, teller, fact]) => `${module}.${hears}:${teller}.${fact}`)
/** What nats-server takes for the name of a consumer: no dot, star, arrow, slash or white space. */
const legal = /^[^.*>/\\\s]+$/

describe('the durable name of a subscriber', () => {
  it('is one that JetStream takes', () => {
    fc.assert(fc.property(subscriber, (text) => legal.test(durableName(text))))
  })

  it('is another for each subscriber', () => {
    fc.assert(
      fc.property(subscriber, subscriber, (one, other) => one === other || durableName(one) !== durableName(other)),
      { numRuns: 1_000 },
    )
    const alike = ['a.b:c.d', 'a.b_c:d.e', 'a.b_:c.d', 'a.b:c-d.e', 'a-.b:c.d', 'a.b:c-.d', 'a--b.c:d.e', 'a.b:c--d.e', 'a.b__c:d.e', 'a-b.c:d.e']
    expect(new Set(alike.map(durableName)).size).toBe(alike.length)
  })
})

it('Every subject of a port or an event is one token behind its kind, or two', () => {
  fc.assert(
    fc.property(name, name, (port, fact) => {
      for (const subject of [portSubject(port), cancelSubject(port)]) expect(subject.split('.')).toHaveLength(2)
      expect(eventSubject(`${port}.${fact}`).split('.')).toEqual(['event', port, fact])
      expect(queueGroup(port)).toMatch(legal)
    }),
  )
})

it('An inbox is its own key’s', () => {
  expect(inboxPrefix('UABCDEFGHIJKLMNOPQRSTUVW')).toBe('_INBOX.ABCDEFGHIJKL')
  expect('_INBOX.ABCDEFGHIJKL.x.1'.startsWith(inboxesOf('ABCDEFGHIJKL'))).toBe(true)
  expect('_INBOX.ABCDEFGHIJKLM.x.1'.startsWith(inboxesOf('ABCDEFGHIJKL'))).toBe(false)
})

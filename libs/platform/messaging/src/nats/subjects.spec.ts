import fc from 'fast-check'
import { cancelSubject, durableName, eventSubject, inboxesOf, inboxPrefix, portSubject, queueGroup } from './subjects.js'

const name = fc.stringMatching(/^[a-z][a-z-]{0,15}$/)
const method = fc.stringMatching(/^[a-zA-Z_$][a-zA-Z0-9_$]{0,15}$/)
const subscriber = fc.tuple(name, method, name, name).map(([module, hears, emitter, fact]) => `${module}.${hears}:${emitter}.${fact}`)
/** The consumer names that nats-server accepts: without dots, stars, arrows, slashes or white space. */
const legal = /^[^.*>/\\\s]+$/

describe('the durable name of a subscriber', () => {
  it('is accepted by JetStream', () => {
    fc.assert(fc.property(subscriber, (text) => legal.test(durableName(text))))
  })

  it('is different for each subscriber', () => {
    fc.assert(
      fc.property(subscriber, subscriber, (one, other) => one === other || durableName(one) !== durableName(other)),
      { numRuns: 1_000 },
    )
    const similar = ['a.b:c.d', 'a.b_c:d.e', 'a.b_:c.d', 'a.b:c-d.e', 'a-.b:c.d', 'a.b:c-.d', 'a--b.c:d.e', 'a.b:c--d.e', 'a.b__c:d.e', 'a-b.c:d.e']
    expect(new Set(similar.map(durableName)).size).toBe(similar.length)
  })
})

it('Every subject has one token after its kind for a port, and two for an event', () => {
  fc.assert(
    fc.property(name, name, (port, fact) => {
      for (const subject of [portSubject(port), cancelSubject(port)]) expect(subject.split('.')).toHaveLength(2)
      expect(eventSubject(`${port}.${fact}`).split('.')).toEqual(['event', port, fact])
      expect(queueGroup(port)).toMatch(legal)
    }),
  )
})

it('An inbox belongs to one key only', () => {
  expect(inboxPrefix('UABCDEFGHIJKLMNOPQRSTUVW')).toBe('_INBOX.ABCDEFGHIJKL')
  expect('_INBOX.ABCDEFGHIJKL.x.1'.startsWith(inboxesOf('ABCDEFGHIJKL'))).toBe(true)
  expect('_INBOX.ABCDEFGHIJKLM.x.1'.startsWith(inboxesOf('ABCDEFGHIJKL'))).toBe(false)
})

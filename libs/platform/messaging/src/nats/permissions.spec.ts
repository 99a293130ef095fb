import { natsAuthorization, permissionsOf } from './permissions.js'

const publicKey = `U${'A'.repeat(55)}`
const search = {
  name: 'search',
  publicKey,
  bindings: {
    answers: ['search'],
    asks: ['content'],
    hears: [{ subscriber: 'search.put:content.post-published', eventName: 'content.post-published' }],
    ownsStream: false,
  },
}

describe('what a service may do on NATS', () => {
  it('is to subscribe to its ports and its own inbox, and nothing else', () => {
    expect(permissionsOf(search).subscribe).toEqual([`_INBOX.${publicKey.slice(1, 13)}.>`, 'cancel.search', 'port.search'])
  })

  it('is to call the ports that it binds, to emit its own events, and to use the consumers of its own subscribers', () => {
    expect(permissionsOf(search).publish).toEqual([
      '$JS.ACK.EVENTS.search_put--content_post-published.>',
      '$JS.API.CONSUMER.CREATE.EVENTS.search_put--content_post-published.event.content.post-published',
      '$JS.API.CONSUMER.INFO.EVENTS.search_put--content_post-published',
      '$JS.API.CONSUMER.MSG.NEXT.EVENTS.search_put--content_post-published',
      'cancel.content',
      'event.search.>',
      'port.content',
    ])
  })

  it('includes creating and changing the stream only for an owner of it', () => {
    const own = permissionsOf({ ...search, bindings: { ...search.bindings, ownsStream: true } }).publish
    expect(own.filter((subject) => subject.startsWith('$JS.API.STREAM.'))).toEqual(['$JS.API.STREAM.CREATE.EVENTS', '$JS.API.STREAM.UPDATE.EVENTS'])
  })

  it('never includes hearing its own events, unless it owns the stream', () => {
    const hears = [{ subscriber: 'search.put:search.rebuilt', eventName: 'search.rebuilt' }]
    const hearing = (ownsStream: boolean) => [{ ...search, bindings: { ...search.bindings, hears, ownsStream } }]
    expect(() => natsAuthorization(hearing(false))).toThrow('search hears search.rebuilt, which it emits itself')
    expect(natsAuthorization(hearing(true))).toContain('# search')
  })

  it('is in the configuration of the server under its key', () => {
    const text = natsAuthorization([search])
    expect(text).toContain(`# search\n    { nkey: ${publicKey}, permissions: {`)
    expect(text).toContain('allow_responses: { max: 1')
    expect(text).not.toContain('no_auth_user')
  })
})

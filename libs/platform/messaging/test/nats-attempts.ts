import { type Authenticator, type ConnectionOptions, nkeys } from '@nats-io/transport-node'
import { makeServiceKey } from '../src/nats/nkey.js'
import { inboxOf, keys, type MemberName, signedBy } from './nats-members.js'

/** What nobody may, each with a sentence that says it. Server 2.9 and newer refuse all of it. */

const { publicKey } = keys.api
const stranger = makeServiceKey()
/** Says it is the API, and signs with another's key or not at all. */
const impostor = (seed?: string): Authenticator => {
  const signed = (nonce: string) => Buffer.from(nkeys.fromSeed(Buffer.from(seed!)).sign(Buffer.from(nonce))).toString('base64url')
  return (nonce) => ({ nkey: publicKey, sig: seed === undefined ? '' : signed(nonce ?? '') })
}

export const strangers: [sentence: string, options: Partial<ConnectionOptions>][] = [
  ['nobody', {}],
  ['a user with a password', { user: 'api', pass: 'api' }],
  ['a user called like a key', { user: publicKey, pass: publicKey }],
  ['a token', { token: publicKey }],
  ['a JWT', { authenticator: () => ({ jwt: 'eyJhbGciOiJub25lIn0.e30.', sig: '' }) }],
  ['a key that is not in the file', { authenticator: signedBy(stranger.seed) }],
  ['a key of the file without a signature', { authenticator: impostor() }],
  ['a key of the file with the signature of a stranger', { authenticator: impostor(stranger.seed.reveal()) }],
  ['a key of the file with the signature of another service', { authenticator: impostor(keys.search.seed.reveal()) }],
]

export const durables = {
  search: 'search_putPublished--content_post-published',
  notifications: 'notifications_welcome--identity_account-verified',
}
const [streams, consumers] = ['$JS.API.STREAM', '$JS.API.CONSUMER']
const create = (durable: string, subject: string) => `${consumers}.CREATE.EVENTS.${durable}.${subject}`

export const publications: [sentence: string, by: MemberName, subject: string][] = [
  ['a call of a port that it does not bind', 'search', 'port.identity'],
  ['a call of its own port, as if it were another', 'search', 'port.search'],
  ['a call of a port next to the one that it may ask', 'notifications', 'port.content'],
  ['a call of a port below the one that it may ask', 'notifications', 'port.identity.accounts'],
  ['a cancellation for a port that it does not bind', 'search', 'cancel.identity'],
  ['a cancellation of calls of its own port', 'media', 'cancel.media'],
  ['an event of another module that it hears', 'search', 'event.content.post-published'],
  ['an event of another module that it does not hear', 'media', 'event.identity.account-deleted'],
  ['an event without a module', 'search', 'event.search'],
  ['a reply into the inbox of the API', 'search', `${inboxOf('api')}.calls.1`],
  ['a reply into the inbox of another service', 'notifications', `${inboxOf('search')}.1`],
  ['a reply into the inbox of nobody', 'media', '_INBOX.anybody.1'],
  ...['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'INFO', 'SNAPSHOT', 'RESTORE', 'MSG.GET', 'MSG.DELETE', 'PEER.REMOVE', 'LEADER.STEPDOWN'].map(
    (verb): [string, MemberName, string] => [`an order to the stream of events: ${verb}`, 'search', `${streams}.${verb}.EVENTS`],
  ),
  ['an order to make another stream', 'search', `${streams}.CREATE.STOLEN`],
  ['an order, by an owner of the stream, to make another one', 'api', `${streams}.CREATE.STOLEN`],
  ['an order, by an owner of the stream, to empty it', 'worker', `${streams}.PURGE.EVENTS`],
  ['an order, by an owner of the stream, to delete it', 'api', `${streams}.DELETE.EVENTS`],
  ['a question which streams there are', 'search', `${streams}.NAMES`],
  ['a request for what the stream holds', 'search', '$JS.API.DIRECT.GET.EVENTS'],
  ['a request for the last event of a kind', 'search', '$JS.API.DIRECT.GET.EVENTS.event.identity.account-verified'],
  ['a consumer of another service', 'media', create(durables.search, 'event.content.post-published')],
  ['a consumer of its own for an event that it does not hear', 'search', create('mine', 'event.identity.account-verified')],
  ['its own consumer for all events', 'search', create(durables.search, 'event.>')],
  ['its own consumer without saying for what', 'search', `${consumers}.CREATE.EVENTS.${durables.search}`],
  ['its own consumer in the old way', 'search', `${consumers}.DURABLE.CREATE.EVENTS.${durables.search}`],
  ['a consumer without a name', 'search', `${consumers}.CREATE.EVENTS`],
  ['a request for the next event of another service', 'search', `${consumers}.MSG.NEXT.EVENTS.${durables.notifications}`],
  ['a question about the consumer of another service', 'search', `${consumers}.INFO.EVENTS.${durables.notifications}`],
  ['an order to delete the consumer of another service', 'search', `${consumers}.DELETE.EVENTS.${durables.notifications}`],
  ['an order to delete its own consumer', 'search', `${consumers}.DELETE.EVENTS.${durables.search}`],
  ['an order to pause the consumer of another service', 'search', `${consumers}.PAUSE.EVENTS.${durables.notifications}`],
  ['an acknowledgement for another service', 'search', `$JS.ACK.EVENTS.${durables.notifications}.1.1.1.1.0`],
  ['a question about the account', 'search', '$JS.API.INFO'],
  ['a question to the system', 'search', '$SYS.REQ.SERVER.PING'],
  ['a question who it is', 'search', '$SYS.REQ.USER.INFO'],
  ['a value in a bucket', 'search', '$KV.any.key'],
]

export const subscriptions: [sentence: string, by: MemberName, subject: string, queue?: string][] = [
  ...['>', '*', '*.*', 'port.>', 'port.*', 'cancel.*', 'event.>', 'event.content.*', '_INBOX.>', '_INBOX.*.*.*'].map(
    (subject): [string, MemberName, string] => [`everything under ${subject}`, 'search', subject],
  ),
  ['calls of a port that it does not answer', 'search', 'port.identity'],
  ['calls of a port that it may only ask, as one of those who answer it', 'notifications', 'port.identity', 'port-identity'],
  ['calls of another service, as one of its instances', 'media', 'port.search', 'port-search'],
  ['cancellations for a port that it does not answer', 'search', 'cancel.identity'],
  ['an event that it hears, past its consumer', 'search', 'event.content.post-published'],
  ['the inbox of the API', 'search', `${inboxOf('api')}.>`],
  ['the inbox of another service', 'media', `${inboxOf('search')}.>`],
  ['the inbox of a service, as the API', 'api', `${inboxOf('search')}.>`],
  ['all inboxes, as the API', 'api', '_INBOX.>'],
  ['all events, as the API', 'api', 'event.>'],
  ['what others ask JetStream', 'search', '$JS.API.>'],
  ['what others acknowledge', 'search', '$JS.ACK.>'],
  ['what JetStream tells about itself', 'search', '$JS.EVENT.ADVISORY.>'],
  ['the system', 'search', '$SYS.>'],
]

const filter = 'event.content.post-published'
/** Of the service search, on the one subject on which it may make its own consumer, which is there already. */
export const consumerRequests: [sentence: string, stream: string, config: object, code: number][] = [
  ['for all events', 'EVENTS', { filter_subject: 'event.>' }, 10_131],
  ['for an event that it does not hear', 'EVENTS', { filter_subject: 'event.identity.account-verified' }, 10_131],
  ['for whatever there is', 'EVENTS', { filter_subject: undefined }, 10_131],
  ['under another name', 'EVENTS', { name: durables.notifications, durable_name: durables.notifications }, 10_017],
  ['of another stream', 'STOLEN', {}, 10_056],
  ['that tells the event again', 'EVENTS', { deliver_subject: 'event.identity.account-verified' }, 10_081],
  ['that calls a port', 'EVENTS', { deliver_subject: 'port.identity' }, 10_012],
]
export const ownConsumer = {
  name: durables.search,
  durable_name: durables.search,
  filter_subject: filter,
  ack_policy: 'explicit',
  deliver_policy: 'all',
}
export const createOwn = create(durables.search, filter)
export const nextOfOwn = `${consumers}.MSG.NEXT.EVENTS.${durables.search}`
export const infoOfOwn = `${consumers}.INFO.EVENTS.${durables.search}`

/** To where a call of a port that the caller may ask could have its reply sent, with the rights of who answers. */
export const replySubjects: [sentence: string, subject: string][] = [
  ['an event of another module', 'event.content.post-published'],
  ['an event of who answers', 'event.identity.account-verified'],
  ['an order to empty the stream', `${streams}.PURGE.EVENTS`],
  ['an order to delete the stream', `${streams}.DELETE.EVENTS`],
  ['an order to change the stream', `${streams}.UPDATE.EVENTS`],
  ['an order to delete a consumer', `${consumers}.DELETE.EVENTS.${durables.search}`],
  ['a value in a bucket', '$KV.any.key'],
  ['a call of another port', 'port.content'],
  ['a call of the same port', 'port.identity'],
  ['a cancellation', 'cancel.content'],
  ['a question to the system', '$SYS.REQ.SERVER.PING'],
  ['no inbox, but what begins like one', '_INBOXES.mine'],
  ['the inbox of the API', `${inboxOf('api')}.calls.1`],
  ['the inbox of another service', `${inboxOf('search')}.1`],
  ['the inbox of nobody', '_INBOX.anybody.1'],
  ['an inbox whose name only begins with the own one', `${inboxOf('notifications')}X.1`],
]

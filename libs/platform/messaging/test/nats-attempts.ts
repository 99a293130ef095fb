import { type Authenticator, type ConnectionOptions, nkeys } from '@nats-io/transport-node'
import { makeServiceKey } from '../src/nats/nkey.js'
import { inboxOf, keys, type MemberName, signedBy } from './nats-members.js'

/** Attempts that must fail, each with a description. NATS servers from 2.9 on refuse all of them. */

const { publicKey } = keys.api
const stranger = makeServiceKey()
/** Claims to be the API, and signs with another key or not at all. */
const impostor = (seed?: string): Authenticator => {
  const signed = (nonce: string) => Buffer.from(nkeys.fromSeed(Buffer.from(seed!)).sign(Buffer.from(nonce))).toString('base64url')
  return (nonce) => ({ nkey: publicKey, sig: seed === undefined ? '' : signed(nonce ?? '') })
}

export const strangers: [sentence: string, options: Partial<ConnectionOptions>][] = [
  ['a client without credentials', {}],
  ['a user with a password', { user: 'api', pass: 'api' }],
  ['a user named like a key', { user: publicKey, pass: publicKey }],
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
  ['a call of a port next to the one that it may call', 'notifications', 'port.content'],
  ['a call of a port below the one that it may call', 'notifications', 'port.identity.accounts'],
  ['a cancellation for a port that it does not bind', 'search', 'cancel.identity'],
  ['a cancellation of calls of its own port', 'media', 'cancel.media'],
  ['an event of another module that it hears', 'search', 'event.content.post-published'],
  ['an event of another module that it does not hear', 'media', 'event.identity.account-deleted'],
  ['an event without a module', 'search', 'event.search'],
  ['a reply into the inbox of the API', 'search', `${inboxOf('api')}.calls.1`],
  ['a reply into the inbox of another service', 'notifications', `${inboxOf('search')}.1`],
  ['a reply into an inbox that no service has', 'media', '_INBOX.anybody.1'],
  ...['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'INFO', 'SNAPSHOT', 'RESTORE', 'MSG.GET', 'MSG.DELETE', 'PEER.REMOVE', 'LEADER.STEPDOWN'].map(
    (verb): [string, MemberName, string] => [`a command to the stream of events: ${verb}`, 'search', `${streams}.${verb}.EVENTS`],
  ),
  ['a command to create another stream', 'search', `${streams}.CREATE.STOLEN`],
  ['a command, by an owner of the stream, to create another one', 'api', `${streams}.CREATE.STOLEN`],
  ['a command, by an owner of the stream, to purge it', 'worker', `${streams}.PURGE.EVENTS`],
  ['a command, by an owner of the stream, to delete it', 'api', `${streams}.DELETE.EVENTS`],
  ['a request for the names of the streams', 'search', `${streams}.NAMES`],
  ['a request for the messages of the stream', 'search', '$JS.API.DIRECT.GET.EVENTS'],
  ['a request for the last event of a kind', 'search', '$JS.API.DIRECT.GET.EVENTS.event.identity.account-verified'],
  ['a consumer of another service', 'media', create(durables.search, 'event.content.post-published')],
  ['a consumer of its own for an event that it does not hear', 'search', create('mine', 'event.identity.account-verified')],
  ['its own consumer for all events', 'search', create(durables.search, 'event.>')],
  ['its own consumer without a subject', 'search', `${consumers}.CREATE.EVENTS.${durables.search}`],
  ['its own consumer in the old way', 'search', `${consumers}.DURABLE.CREATE.EVENTS.${durables.search}`],
  ['a consumer without a name', 'search', `${consumers}.CREATE.EVENTS`],
  ['a request for the next event of another service', 'search', `${consumers}.MSG.NEXT.EVENTS.${durables.notifications}`],
  ['a request for information about the consumer of another service', 'search', `${consumers}.INFO.EVENTS.${durables.notifications}`],
  ['a command to delete the consumer of another service', 'search', `${consumers}.DELETE.EVENTS.${durables.notifications}`],
  ['a command to delete its own consumer', 'search', `${consumers}.DELETE.EVENTS.${durables.search}`],
  ['a command to pause the consumer of another service', 'search', `${consumers}.PAUSE.EVENTS.${durables.notifications}`],
  ['an acknowledgement for another service', 'search', `$JS.ACK.EVENTS.${durables.notifications}.1.1.1.1.0`],
  ['a request for information about the account', 'search', '$JS.API.INFO'],
  ['a ping of the system', 'search', '$SYS.REQ.SERVER.PING'],
  ['a request for its own user information', 'search', '$SYS.REQ.USER.INFO'],
  ['a value in a bucket', 'search', '$KV.any.key'],
]

export const subscriptions: [sentence: string, by: MemberName, subject: string, queue?: string][] = [
  ...['>', '*', '*.*', 'port.>', 'port.*', 'cancel.*', 'event.>', 'event.content.*', '_INBOX.>', '_INBOX.*.*.*'].map(
    (subject): [string, MemberName, string] => [`everything under ${subject}`, 'search', subject],
  ),
  ['calls of a port that it does not answer', 'search', 'port.identity'],
  ['calls of a port that it may only call, as one of its instances', 'notifications', 'port.identity', 'port-identity'],
  ['calls of another service, as one of its instances', 'media', 'port.search', 'port-search'],
  ['cancellations for a port that it does not answer', 'search', 'cancel.identity'],
  ['an event that it hears, bypassing its consumer', 'search', 'event.content.post-published'],
  ['the inbox of the API', 'search', `${inboxOf('api')}.>`],
  ['the inbox of another service', 'media', `${inboxOf('search')}.>`],
  ['the inbox of a service, as the API', 'api', `${inboxOf('search')}.>`],
  ['all inboxes, as the API', 'api', '_INBOX.>'],
  ['all events, as the API', 'api', 'event.>'],
  ['the JetStream requests of others', 'search', '$JS.API.>'],
  ['the acknowledgements of others', 'search', '$JS.ACK.>'],
  ['the advisories of JetStream', 'search', '$JS.EVENT.ADVISORY.>'],
  ['the system', 'search', '$SYS.>'],
]

const filter = 'event.content.post-published'
/** Requests by the search service on the one subject on which it may create its own consumer, which already exists. */
export const consumerRequests: [sentence: string, stream: string, config: object, code: number][] = [
  ['for all events', 'EVENTS', { filter_subject: 'event.>' }, 10_131],
  ['for an event that it does not hear', 'EVENTS', { filter_subject: 'event.identity.account-verified' }, 10_131],
  ['for everything', 'EVENTS', { filter_subject: undefined }, 10_131],
  ['under another name', 'EVENTS', { name: durables.notifications, durable_name: durables.notifications }, 10_017],
  ['of another stream', 'STOLEN', {}, 10_056],
  ['that publishes the event again', 'EVENTS', { deliver_subject: 'event.identity.account-verified' }, 10_081],
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

/** Subjects to which a caller could have the reply to an allowed call sent, with the rights of the service that answers. */
export const replySubjects: [sentence: string, subject: string][] = [
  ['an event of another module', 'event.content.post-published'],
  ['an event of the service that answers', 'event.identity.account-verified'],
  ['a command to purge the stream', `${streams}.PURGE.EVENTS`],
  ['a command to delete the stream', `${streams}.DELETE.EVENTS`],
  ['a command to change the stream', `${streams}.UPDATE.EVENTS`],
  ['a command to delete a consumer', `${consumers}.DELETE.EVENTS.${durables.search}`],
  ['a value in a bucket', '$KV.any.key'],
  ['a call of another port', 'port.content'],
  ['a call of the same port', 'port.identity'],
  ['a cancellation', 'cancel.content'],
  ['a ping of the system', '$SYS.REQ.SERVER.PING'],
  ['a subject that only starts like an inbox', '_INBOXES.mine'],
  ['the inbox of the API', `${inboxOf('api')}.calls.1`],
  ['the inbox of another service', `${inboxOf('search')}.1`],
  ['an inbox that no service has', '_INBOX.anybody.1'],
  ['an inbox whose name only starts with its own', `${inboxOf('notifications')}X.1`],
]

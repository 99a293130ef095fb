const inboxes = '_INBOX.'

/** These functions make every subject that the platform uses. Permissions are made with them too (`permissions.ts`). */
export const portSubject = (port: string): string => `port.${port}`
/** Received by all instances of a service, because only one of them has the call. */
export const cancelSubject = (port: string): string => `cancel.${port}`
/** Instances of a service share its calls. */
export const queueGroup = (port: string): string => `port-${port}`
/** The event `content.post-published` has the subject `event.content.post-published`. */
export const eventSubject = (eventName: string): string => `event.${eventName}`
export const everyEvent = 'event.>'

/**
 * 57 bits of a public key, after the letter that all of them start with: enough to distinguish the keys that an operator has made. It travels with each call
 * and its reply, where it is read byte by byte four times, so the whole key would cost each call 2 us.
 */
export const keyId = (publicKey: string): string => publicKey.slice(1, 13)

/** The prefix for replies to a key. Only the owner of the key may subscribe to it. */
export const inboxPrefix = (publicKey: string): string => `${inboxes}${keyId(publicKey)}`

/** The prefix of the inboxes of the key with this id. */
export const inboxesOf = (id: string): string => `${inboxes}${id}.`

/** A caller chooses the reply subject. One that is not an inbox could be an event, a call or a command to the server, sent with the rights of the replying service. */
export const isInbox = (subject: string): boolean => subject.startsWith(inboxes)

export const streamName = 'EVENTS'

/** The name of a subscriber in the form that JetStream accepts: dots and colons, as in `search.put:content.post-published`, are replaced. */
export const durableName = (subscriber: string): string => subscriber.replaceAll('.', '_').replaceAll(':', '--')

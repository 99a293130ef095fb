const inboxes = '_INBOX.'

/** Every subject that the platform uses. Permissions are made of the same words (`permissions.ts`). */
export const portSubject = (port: string): string => `port.${port}`
/** Heard by all instances of a service: only one of them has the call. */
export const cancelSubject = (port: string): string => `cancel.${port}`
/** Instances of a service share its calls. */
export const queueGroup = (port: string): string => `port-${port}`
/** `content.post-published` is told under `event.content.post-published`. */
export const eventSubject = (eventName: string): string => `event.${eventName}`
export const everyEvent = 'event.>'

/**
 * 57 bits of a public key, after the letter that all of them begin with: enough to tell keys apart that an operator has made. It travels with each call
 * and its reply, where it is read byte by byte four times, so the whole key would cost a call 2 us.
 */
export const keyId = (publicKey: string): string => publicKey.slice(1, 13)

/** Replies come to a prefix that only its owner may subscribe to. */
export const inboxPrefix = (publicKey: string): string => `${inboxes}${keyId(publicKey)}`

/** What the inboxes of the key with this id begin with. */
export const inboxesOf = (id: string): string => `${inboxes}${id}.`

/** Who asks says where the reply goes; what is none of these could be an event, a call, or an order to the server, told with the rights of who replies. */
export const isInbox = (subject: string): boolean => subject.startsWith(inboxes)

export const streamName = 'EVENTS'

/** The name of a subscriber as JetStream takes it: `search.put:content.post-published` has a dot and a colon too many. */
export const durableName = (subscriber: string): string => subscriber.replaceAll('.', '_').replaceAll(':', '--')

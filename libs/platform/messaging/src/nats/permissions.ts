import { cancelSubject, durableName, eventSubject, inboxPrefix, portSubject, streamName } from './subjects.js'

/** What an application binds, as `start()` reports it. Its permissions on NATS follow from this. */
export interface BindingsReport {
  /** Ports whose modules it has. */
  answers: string[]
  /** Ports that it may call. */
  asks: string[]
  /** The events that its modules hear, each with the name of the subscriber. */
  hears: { subscriber: string; eventName: string }[]
  /** Whether it creates the stream of domain events and decides on its settings. */
  ownsStream: boolean
}

export interface NatsUser {
  /** For people who read the configuration file. */
  name: string
  publicKey: string
  bindings: BindingsReport
}

export interface Permissions {
  publish: string[]
  subscribe: string[]
}

/**
 * A service may reply once to each request, and not much later than the longest call. The server allows a reply to any subject that the request names, even an event or
 * a command to JetStream; `PortServer` and `NatsStrategy` make sure that replies go to inboxes only.
 */
const responses = 'allow_responses: { max: 1, expires: "2m" }'

/**
 * Subjects are allowed by name, and none by default: its own inbox, the ports that it answers and calls, the events that its modules emit and hear. Only the owners may
 * change the stream: a service that could change it could have all events copied to itself, and calls and replies as well.
 *
 * What this cannot prevent: JetStream sends its own answers, and the messages of a consumer, to any subject that a request names, with the rights of the server. So a
 * service can have such messages (none with text of its own: see `natsAuthorization`) sent to a port, which refuses them; to an event, for which the ledger has no
 * delivery; to another service's inbox, if it knew one; and an empty message, such as that of a consumer without events, to the JetStream API, which then deletes the
 * stream (seen with 2.9 and 2.15). That delays events by seconds, because the owners recreate the stream and the ledger has all that is not delivered. It discloses nothing.
 */
export function permissionsOf({ publicKey, bindings: { answers, asks, hears, ownsStream } }: NatsUser): Permissions {
  const durables = hears.map(({ subscriber, eventName }) => ({ durable: durableName(subscriber), subject: eventSubject(eventName) }))
  return {
    publish: [
      ...asks.flatMap((port) => [portSubject(port), cancelSubject(port)]),
      ...answers.map((port) => eventSubject(`${port}.>`)),
      ...(ownsStream ? ['CREATE', 'UPDATE'] : []).map((verb) => `$JS.API.STREAM.${verb}.${streamName}`),
      ...durables.flatMap(({ durable, subject }) => [
        `$JS.API.CONSUMER.CREATE.${streamName}.${durable}.${subject}`,
        `$JS.API.CONSUMER.INFO.${streamName}.${durable}`,
        `$JS.API.CONSUMER.MSG.NEXT.${streamName}.${durable}`,
        `$JS.ACK.${streamName}.${durable}.>`,
      ]),
    ].sort(),
    subscribe: [`${inboxPrefix(publicKey)}.>`, ...answers.flatMap((port) => [portSubject(port), cancelSubject(port)])].sort(),
  }
}

/**
 * The part of a nats-server's configuration that says which services may connect and what each may do. None may connect without a key. Throws if a service would hear
 * its own events: JetStream would then send any text of that service to any subject. A module uses a job for work that it asks of itself.
 */
export function natsAuthorization(users: readonly NatsUser[]): string {
  for (const { name, bindings } of users) {
    const own = bindings.ownsStream ? undefined : bindings.hears.find(({ eventName }) => bindings.answers.includes(eventName.split('.')[0]!))
    if (own !== undefined) throw new Error(`${name} hears ${own.eventName}, which it emits itself: make it a job`)
  }
  return `authorization {\n  users: [\n${users.map(userText).join('\n')}\n  ]\n}\n`
}

function userText(user: NatsUser): string {
  const { publish, subscribe } = permissionsOf(user)
  const allow = (subjects: string[]) => `{ allow: [${subjects.map((subject) => JSON.stringify(subject)).join(', ')}] }`
  return `    # ${user.name}
    { nkey: ${user.publicKey}, permissions: {
      publish: ${allow(publish)},
      subscribe: ${allow(subscribe)},
      ${responses} } }`
}

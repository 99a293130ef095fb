import { cancelSubject, durableName, eventSubject, inboxPrefix, portSubject, streamName } from './subjects.js'

/** What an application binds, as `start()` reports it: all that it may do on NATS follows from this. */
export interface BindingsReport {
  /** Ports whose module it has. */
  answers: string[]
  /** Ports that it may call. */
  asks: string[]
  /** What its modules hear, each under the name of its subscriber. */
  hears: { subscriber: string; eventName: string }[]
  /** Whether it makes the stream of domain events and decides on its settings. */
  ownsStream: boolean
}

export interface NatsUser {
  /** For people who read the file. */
  name: string
  publicKey: string
  bindings: BindingsReport
}

export interface Permissions {
  publish: string[]
  subscribe: string[]
}

/**
 * Replies may be sent to whoever asked, once, and not much later than a call may last. The server lets them go wherever a request says, be it an event or
 * an order to JetStream; `PortServer` and `NatsStrategy` see to it that they go to inboxes only.
 */
const responses = 'allow_responses: { max: 1, expires: "2m" }'

/**
 * Subjects by name, and nothing by default: its own inbox, the ports that it answers and asks, the events that its modules tell and hear. The stream is for
 * its owners: who may change it could have all events copied to himself, and calls and replies with them.
 *
 * What this cannot prevent: JetStream sends its own answers, and what a consumer brings, wherever a request says, with the rights of the server. So a service
 * can send such text (none of its own: see `natsAuthorization`) to a port, which refuses it; to an event, where the ledger owes nothing for it; to a
 * stranger's inbox, if it knew one; and an empty one, as of a consumer with nothing to bring, to the interface of JetStream, which deletes the stream then
 * (seen with 2.9 and 2.15). That delays events by seconds, as its owners make it again and the ledger has all that is not delivered; it tells nothing to anybody.
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
 * The part of a nats-server's configuration that says who may connect and what each may do. Nobody may without a key. Throws where a service would hear
 * events of its own: JetStream would carry any text of its for it, to wherever it likes. What a module tells itself is a job.
 */
export function natsAuthorization(users: readonly NatsUser[]): string {
  for (const { name, bindings } of users) {
    const own = bindings.ownsStream ? undefined : bindings.hears.find(({ eventName }) => bindings.answers.includes(eventName.split('.')[0]!))
    if (own !== undefined) throw new Error(`${name} hears ${own.eventName}, which it tells itself: make it a job`)
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

import { cancelSubject, durableName, eventSubject, inboxPrefix, portSubject, streamName } from './subjects.js'

/** What an application binds, as `start()` reports it: all that it may do on NATS follows from this. */
export interface BindingsReport {
  /** Ports whose module it has. */
  answers: string[]
  /** Ports that it may call. */
  asks: string[]
  /** What its modules hear, each under the name of its subscriber. */
  hears: { subscriber: string; eventName: string }[]
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

/** Replies may be sent to whoever asked, once, and not much later than a call may last. */
const responses = 'allow_responses: { max: 1, expires: "2m" }'

/** Subjects by name, and nothing by default: its own inbox, the ports that it answers and asks, the events that its modules tell and hear. */
export function permissionsOf({ publicKey, bindings: { answers, asks, hears } }: NatsUser): Permissions {
  const durables = hears.map(({ subscriber, eventName }) => ({ durable: durableName(subscriber), subject: eventSubject(eventName) }))
  return {
    publish: [
      ...asks.flatMap((port) => [portSubject(port), cancelSubject(port)]),
      ...answers.map((port) => eventSubject(`${port}.>`)),
      ...['CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${streamName}`),
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

/** The part of a nats-server's configuration that says who may connect and what each may do. Nobody may without a key. */
export const natsAuthorization = (users: readonly NatsUser[]): string => `authorization {\n  users: [\n${users.map(userText).join('\n')}\n  ]\n}\n`

function userText(user: NatsUser): string {
  const { publish, subscribe } = permissionsOf(user)
  const allow = (subjects: string[]) => `{ allow: [${subjects.map((subject) => JSON.stringify(subject)).join(', ')}] }`
  return `    # ${user.name}
    { nkey: ${user.publicKey}, permissions: {
      publish: ${allow(publish)},
      subscribe: ${allow(subscribe)},
      ${responses} } }`
}

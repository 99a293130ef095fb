// The limit: replies to one subscription, matched by a number. No deadline, no errors, no context, no validation.
import { connect } from '@nats-io/transport-node'
import { payload } from '../port-local/payload.js'
import { answerCalls } from '../process/answer-calls.js'
import { natsUrl, subject } from './nats-url.js'

const connection = await connect({ servers: natsUrl })
const prefix = '_INBOX.bench.'
/** Slots used in turn, many more than concurrent calls: a Map of calls costs a quarter more. */
const slots = 65_536
const pending: (((answer: unknown) => void) | undefined)[] = []
let last = 0

connection.subscribe(`${prefix}*`, {
  callback: (_error, message) => {
    const slot = Number(message.subject.slice(prefix.length))
    const resolve = pending[slot]!
    pending[slot] = undefined
    resolve(message.json())
  },
})

answerCalls(
  () =>
    new Promise((resolve) => {
      last = (last + 1) % slots
      pending[last] = resolve
      connection.publish(subject, JSON.stringify(payload), { reply: prefix + String(last) })
    }),
)

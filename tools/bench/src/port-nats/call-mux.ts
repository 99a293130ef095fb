// The limit: replies to one subscription, told apart by a number. No deadline, no errors, no context, no check.
import { connect } from '@nats-io/transport-node'
import { payload } from '../port-local/payload.js'
import { answerCalls } from '../process/answer-calls.js'
import { natsUrl } from './nats-url.js'

const connection = await connect({ servers: natsUrl })
const prefix = '_INBOX.bench.'
const pending = new Map<number, (answer: unknown) => void>()
let last = 0

connection.subscribe(`${prefix}*`, {
  callback: (_error, message) => {
    const id = Number(message.subject.slice(prefix.length))
    const resolve = pending.get(id)!
    pending.delete(id)
    resolve(message.json())
  },
})

answerCalls(
  () =>
    new Promise((resolve) => {
      last += 1
      pending.set(last, resolve)
      connection.publish('echo.say', JSON.stringify(payload), { reply: prefix + String(last) })
    }),
)

// request() of nats.js, with JSON on both sides and its own timeout.
import { connect } from '@nats-io/transport-node'
import { payload } from '../port-local/payload.js'
import { answerCalls } from '../process/answer-calls.js'
import { natsUrl, subject } from './nats-url.js'

const connection = await connect({ servers: natsUrl })
answerCalls(async () => (await connection.request(subject, JSON.stringify(payload), { timeout: 5_000 })).json())

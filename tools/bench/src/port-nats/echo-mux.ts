// Answers for the multiplexer and for request(): JSON in, JSON out, nothing else.
import { connect } from '@nats-io/transport-node'
import { reportReady } from '../process/report-ready.js'
import { natsUrl, subject } from './nats-url.js'

const connection = await connect({ servers: natsUrl })
connection.subscribe(subject, { callback: (_error, message) => void message.respond(JSON.stringify(message.json())) })
await connection.flush()
reportReady()

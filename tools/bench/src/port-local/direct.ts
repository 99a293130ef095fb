// The limit: an asynchronous function, called.
import { answerCalls } from '../process/answer-calls.js'
import { payload, type Payload } from './payload.js'

const echo = async (input: Payload): Promise<Payload> => input

answerCalls(() => echo(payload))

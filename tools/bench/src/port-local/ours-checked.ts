// The same with an input that is validated against its schema.
import { runCall } from '@kilomega/ports'
import { answerCalls } from '../process/answer-calls.js'
import { requestOfUser } from './echo-call.js'
import { localEcho } from './local-echo.js'
import { payload } from './payload.js'

const echo = localEcho()
answerCalls(
  () => echo.sayChecked(payload),
  (measure) => runCall(requestOfUser(), measure),
)

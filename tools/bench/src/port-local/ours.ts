// A port call within one process as in production: deadline, actor, trace and metrics, from within a request.
import { runCall } from '@kilomega/ports'
import { answerCalls } from '../process/answer-calls.js'
import { requestOfUser } from './echo-call.js'
import { localEcho } from './local-echo.js'
import { payload } from './payload.js'

const echo = localEcho()
answerCalls(
  () => echo.say(payload),
  (measure) => runCall(requestOfUser(), measure),
)

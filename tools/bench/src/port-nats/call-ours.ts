// A port that another process answers: deadline, signed actor, trace, errors, cancellation; answers are validated, as over every wire.
import { portClient, runCall } from '@kilomega/ports'
import { requestOfUser } from '../port-local/echo-call.js'
import { EchoPort } from '../port-local/echo.port.js'
import { payload } from '../port-local/payload.js'
import { answerCalls } from '../process/answer-calls.js'
import { openLink } from './our-link.js'

const { remote, connected } = await openLink()
const echo = portClient(EchoPort, remote.transportTo(EchoPort), { checkAnswers: true })
await connected
answerCalls(
  () => echo.say(payload),
  (measure) => runCall(requestOfUser(), measure),
)

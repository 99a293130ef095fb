import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { Failure } from '../failure.js'
import { type ControlAnswer, controlPath } from './control-channel.js'

/** Asks the launcher of this folder for something, and shows its lines until it is done. Throws a `Failure` with what it says went wrong. */
export async function askLauncher(request: object, show: (line: string) => void): Promise<void> {
  const socket = connect(controlPath())
  try {
    await once(socket, 'connect')
  } catch {
    throw new Failure('Nothing that km up started runs in this folder: npx km up 100k starts a primary and two replicas')
  }
  socket.write(`${JSON.stringify(request)}\n`)
  for await (const line of createInterface(socket)) {
    const answer = JSON.parse(line) as ControlAnswer
    if ('say' in answer) show(answer.say)
    else if ('error' in answer) throw new Failure(answer.error)
    else return
  }
  throw new Failure('The launcher has ended before it was done: npx km status shows what runs')
}

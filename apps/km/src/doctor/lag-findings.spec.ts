import { makeProgram } from '../program.js'
import { adviceForSilent, withoutRepeats } from './silent-advice.js'
import { findingsOf } from './lag-findings.js'

const lag = { schema: 'content', backlog: 3, oldestMs: 3_600_000, dead: 2 }
const names = ['search.putPublished:content.post-published', 'queue:notifications.send-mail']

/** Whether `km` accepts a command line, according to its declared commands. */
function exists(line: string): boolean {
  let command = makeProgram()
  const words = line.split(' ').slice(1)
  for (const word of words) command = command.commands.find((one) => one.name() === word) ?? command
  return command.registeredArguments.length > 0
}

describe.each(names)('The doctor’s advice about %s', (subscriber) => {
  const advice = findingsOf({ ...lag, subscriber }).map((finding) => finding.advice)
  const name = subscriber.replace(/^queue:/, '')

  it('names existing commands, with the name that they accept', () => {
    const commands = advice.flatMap(
      (text) => text.match(new RegExp(`km (queue|outbox) (show|retry|discard|(kinds|subscribers) remove) ${name}`, 'g')) ?? [],
    )
    expect(commands.length).toBeGreaterThanOrEqual(4)
    expect(commands.filter((line) => !exists(line))).toEqual([])
  })

  it('says how to remove a subscriber that no process handles any more', () => {
    for (const problem of ['no live consumer', 'no process handles']) expect(adviceForSilent(`${problem}: ${subscriber}`)).toContain(`remove ${name}`)
  })
})

it('A subscriber without a process is one finding, even if no process has answered for it either', () => {
  const handlers = { name: 'handlers', required: false, up: false, problem: 'no process handles: a, b' }
  const consumers = (names: string) => ({ name: 'consumers', required: false, up: false, problem: `no live consumer: ${names}` })
  expect(withoutRepeats([consumers('b'), handlers])).toEqual([handlers])
  expect(withoutRepeats([consumers('b, c'), handlers])).toEqual([consumers('b, c'), handlers])
  expect(withoutRepeats([consumers('b')])).toEqual([consumers('b')])
  const database = { name: 'database', required: true, up: false, problem: 'no answer within 1000 ms' }
  expect(withoutRepeats([database, { ...handlers, problem: 'no answer within 1000 ms' }])).toEqual([database])
})

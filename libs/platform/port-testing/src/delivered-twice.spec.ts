import { anonymous, command, type Envelope, port, type Reply } from '@kilomega/ports'
import { z } from 'zod'
import { deliveredTwice } from './delivered-twice.js'

const anything = { input: z.object({}), output: z.int(), timeoutMs: 1_000 }
abstract class HarbourPort extends port('harbour', {
  build: command(anything),
  track: command({ ...anything, repeat: 'harmless' }),
  signIn: command({ ...anything, repeat: 'never' }),
}) {}

const envelope = (operation: string): Envelope => {
  return { port: 'harbour', operation, input: {}, timeLeftMs: 1_000, actor: anonymous, trace: { requestId: 'test' }, key: 'k' }
}

describe('a call that is delivered twice', () => {
  it.each([
    ['build', ['k', 'k'], { value: 2 }],
    ['track', ['k', 'k'], { value: 1 }],
    ['signIn', ['k'], { value: 1 }],
  ])('of %s has the keys %j and the answer %j', async (operation, keys, answer) => {
    const seen: (string | undefined)[] = []
    const count = async ({ key }: Envelope): Promise<Reply> => ({ value: seen.push(key) })
    expect(await deliveredTwice(HarbourPort, count)(envelope(operation))).toEqual(answer)
    expect(seen).toEqual(keys)
  })
})

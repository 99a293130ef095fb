import { filesBelow, readText } from './repository.js'

const sources = ['libs', 'apps']
  .flatMap((folder) => filesBelow(folder).map((path) => `${folder}/${path}`))
  .filter((path) => path.endsWith('.ts') && path.includes('/src/') && !/\.(int-)?spec\.ts$/.test(path))

/** Where subjects of events are named: the definition itself, the permissions, and the one place that stores events. */
const allowed = ['subjects.ts', 'permissions.ts', 'event-stream.ts', 'durable-consumer.ts'].map((name) => `libs/platform/messaging/src/nats/${name}`)

describe('R7: domain events', () => {
  it('are stored in the stream in one place only, which the relay of the outbox calls', () => {
    const naming = sources.filter((path) => /eventSubject\(|['"`]event\./.test(readText(path)))
    expect(naming.sort()).toEqual(allowed.sort())
    const storing = sources.filter((path) => /\bstream\.publish\(/.test(readText(path)))
    expect(storing).toEqual(['libs/platform/messaging/src/nats/stream-publisher.ts'])
  })
})

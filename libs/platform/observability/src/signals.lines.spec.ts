import { CurrentCall, runCall, anonymous } from '@kilomega/ports'
import { LogOutput } from './log-output.js'
import { LineSignals } from './signals.lines.js'

class Lines extends LogOutput {
  readonly all: string[] = []
  write(line: string): void {
    this.all.push(line)
  }
}

/** Writes on `release`, as standard output does when its time has come. */
class Held extends Lines {
  private make: () => void = () => undefined

  override beforeWriting(make: () => void): void {
    this.make = make
  }

  release(): void {
    this.make()
  }
}

const signalsTo = (lines: Lines, format: 'json' | 'text' = 'json', level: 'debug' | 'error' = 'debug') => new LineSignals({ format, level }, lines)

describe('a signal', () => {
  it('is one JSON line with words, level, fields and the current request', () => {
    const lines = new Lines()
    const call = new CurrentCall({ actor: anonymous, trace: { requestId: 'r1' } })
    runCall(call, () => signalsTo(lines).emit('process.ready', { port: 3000 }))
    expect(JSON.parse(lines.all[0]!)).toMatchObject({ level: 'info', signal: 'process.ready', msg: 'Ready', port: 3000, requestId: 'r1' })
  })

  it.each(['json', 'text'] as const)('cannot be made to start a new line by what a caller sent, as %s', (format) => {
    const lines = new Lines()
    signalsTo(lines, format).emit('process.ready', { name: 'a\r\n{"level":"error","msg":"forged"}\u001b[31m' })
    expect(lines.all).toHaveLength(1)
    expect(lines.all[0]!.trimEnd()).not.toMatch(/[\r\n]|\u001b/)
  })

  it('shows the stack of an error', () => {
    const lines = new Lines()
    signalsTo(lines).emit('process.crashed', {}, new Error('boom'))
    expect(JSON.parse(lines.all[0]!)).toMatchObject({ level: 'error', err: { message: 'boom', stack: expect.stringContaining('boom') as string } })
  })

  it('that waits is logged with the time and the request of the moment it happened, in order', () => {
    jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.000Z') })
    const held = new Held()
    const signals = signalsTo(held)
    const call = new CurrentCall({ actor: anonymous, trace: { requestId: 'r1' } })
    runCall(call, () => signals.emit('process.ready', { port: 1 }))
    jest.advanceTimersByTime(5)
    signals.emit('process.ready', { port: 2 })
    expect(held.all).toEqual([])
    held.release()
    jest.useRealTimers()
    expect(held.all.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ port: 1, time: '2026-01-01T00:00:00.000Z', requestId: 'r1' }),
      expect.objectContaining({ port: 2, time: '2026-01-01T00:00:00.005Z' }),
    ])
  })

  it('does not wait forever with many others', () => {
    const held = new Held()
    const signals = signalsTo(held)
    for (let port = 0; port < 2_500; port += 1) signals.emit('process.ready', { port })
    expect(held.all).toHaveLength(2_000)
  })

  describe('whose error repeats', () => {
    const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const lines = new Lines()
    const signals = signalsTo(lines)
    const fail = (times: number) => {
      for (let subscriber = 0; subscriber < times; subscriber += 1) signals.emit('relay.stalled', { subscriber }, refused())
    }
    const newLines = () => lines.all.splice(0).map((line) => JSON.parse(line) as { msg: string; subscriber: number })
    beforeEach(() => jest.useFakeTimers())
    afterEach(() => jest.useRealTimers())

    it('is logged a few times, then counted every 10 s, whatever its other fields, and logged again after a pause', () => {
      fail(40)
      expect(newLines()).toHaveLength(5)
      for (let window = 0; window < 3; window += 1) {
        if (window > 0) fail(40)
        jest.advanceTimersByTime(10_000)
        expect(newLines()).toEqual([
          expect.objectContaining({
            msg: `The relay could not read or write the ledger; it tries again (${window === 0 ? 35 : 40} times more)`,
            subscriber: 39,
          }),
        ])
      }
      jest.advanceTimersByTime(10_000)
      fail(1)
      expect(newLines()).toHaveLength(1)
    })

    it('does not hide another signal, another error, or a signal without an error', () => {
      fail(40)
      newLines()
      signals.emit('relay.delivery-failed', {}, refused())
      signals.emit('relay.stalled', {}, new Error('another'))
      signals.emit('relay.stalled', {})
      expect(newLines()).toHaveLength(3)
    })
  })

  it('below the level of the log is not written', () => {
    const lines = new Lines()
    signalsTo(lines, 'json', 'error').emit('process.ready')
    expect(lines.all).toEqual([])
  })
})

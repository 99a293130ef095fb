import { CurrentCall, runCall, anonymous } from '@kilomega/ports'
import { LogOutput, PinoSignals } from './signals.pino.js'

class Lines extends LogOutput {
  readonly all: string[] = []
  write(line: string): void {
    this.all.push(line)
  }
}

const signalsTo = (lines: Lines, format: 'json' | 'text' = 'json', level: 'debug' | 'error' = 'debug') => new PinoSignals({ format, level }, lines)

describe('a signal', () => {
  it('is one JSON line with words, level, fields and the request at hand', () => {
    const lines = new Lines()
    const call = new CurrentCall({ actor: anonymous, trace: { requestId: 'r1' } })
    runCall(call, () => signalsTo(lines).emit('process.ready', { port: 3000 }))
    expect(JSON.parse(lines.all[0]!)).toMatchObject({ level: 'info', signal: 'process.ready', msg: 'Ready', port: 3000, requestId: 'r1' })
  })

  it.each(['json', 'text'] as const)('cannot begin a line of its own by what a caller sent, as %s', (format) => {
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

  it('that is too quiet is not written', () => {
    const lines = new Lines()
    signalsTo(lines, 'json', 'error').emit('process.ready')
    expect(lines.all).toEqual([])
  })
})

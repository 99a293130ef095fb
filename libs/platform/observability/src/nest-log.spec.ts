import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Logger } from '@nestjs/common'
import { LogOutput } from './log-output.js'
import { NestLog } from './nest-log.js'
import { LineSignals } from './signals.lines.js'

class Lines extends LogOutput {
  readonly all: string[] = []
  write(line: string): void {
    this.all.push(line)
  }
}

describe("Nest's Logger", () => {
  let lines: Lines
  const logged = () => lines.all.map((line) => JSON.parse(line) as Record<string, unknown>)
  const levelOf = (level: 'debug' | 'info') => new NestLog(new LineSignals({ format: 'json', level }, lines))
  beforeEach(() => {
    lines = new Lines()
    Logger.overrideLogger(levelOf('debug'))
  })
  afterAll(() => Logger.overrideLogger(false))
  const logger = new Logger('Invoices')

  it.each([
    ['log', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'error'],
    ['debug', 'debug'],
    ['verbose', 'debug'],
  ] as const)('%s is a line of level %s with words and context', (method, level) => {
    logger[method]('Sent "one"\n')
    expect(logged()).toMatchObject([{ level, signal: 'nest.log', context: 'Invoices', msg: 'Sent "one"\n' }])
  })

  it('shows errors with their stack, however they are passed', () => {
    const error = new Error('boom')
    logger.error(error)
    logger.error('Not sent', error)
    logger.error('Not sent', error.stack)
    expect(logged()).toMatchObject([
      { msg: 'boom', err: { message: 'boom', stack: error.stack } },
      { msg: 'Not sent boom', err: { stack: error.stack } },
      { msg: 'Not sent', stack: error.stack, context: 'Invoices' },
    ])
  })

  it('shows values, and the current request', () => {
    const call = new CurrentCall({ actor: system, trace: { requestId: 'r1' } })
    runCall(call, () => logger.log({ id: 7 }, [1]))
    expect(logged()).toMatchObject([{ msg: '{ id: 7 } [ 1 ]', requestId: 'r1' }])
  })

  it("follows the level of the log, and lowers the level of Nest's start-up lines", () => {
    Logger.overrideLogger(levelOf('info'))
    logger.debug('quiet')
    new Logger('RouterExplorer').log('Mapped {/v1/posts, GET} route')
    new Logger('RouterExplorer').warn('Not mapped')
    expect(logged()).toMatchObject([{ msg: 'Not mapped' }])
  })
})

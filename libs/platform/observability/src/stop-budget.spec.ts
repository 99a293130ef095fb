import { once } from 'node:events'
import { type Fields, type SignalName, Signals } from './signals.js'
import { StopBudget, type StopPart } from './stop-budget.js'

const never = new Promise<void>(() => undefined)
const parts: StopPart[] = ['http', 'ports', 'workers', 'ledger', 'pools']

class RecordedSignals extends Signals {
  readonly recorded: [SignalName, Fields][] = []

  emit(name: SignalName, fields: Fields = {}): void {
    this.recorded.push([name, fields])
  }
}

describe('The time for stopping', () => {
  const signals = new RecordedSignals()
  const open = () => new StopBudget(signals)

  it('has no limits before the process stops', async () => {
    const budget = open()
    expect(budget.begun.aborted).toBe(false)
    expect(budget.share('pools').leftMs).toBe(Infinity)
    await budget.share('pools').within('a pool', Promise.resolve())
  })

  it('is divided: each part ends before the next one, and all before the end of the whole', () => {
    const budget = open()
    budget.begin(100_000)
    expect(budget.begun.aborted).toBe(true)
    expect(parts.map((part) => Math.round(budget.share(part).leftMs / 1_000))).toEqual([40, 48, 76, 88, 96])
  })

  it('starts for the parts after the time in which requests are still accepted', () => {
    const budget = open()
    budget.begin(100_000, 50_000)
    expect(parts.map((part) => Math.round(budget.share(part).leftMs / 1_000))).toEqual([70, 74, 88, 94, 98])
  })

  it('cuts work that takes longer than its part may, and reports it', async () => {
    const budget = open()
    budget.begin(50)
    await budget.share('workers').within('a job that hangs', never)
    expect(signals.recorded).toEqual([['process.stop-cut', { part: 'workers', what: 'a job that hangs' }]])
    if (!budget.share('ledger').over.aborted) await once(budget.share('ledger').over, 'abort')
    await budget.share('ledger').within('what is done already', Promise.resolve())
    expect(signals.recorded).toHaveLength(1)
  })

  it('hides no failure of the work', async () => {
    await expect(
      open()
        .share('ledger')
        .within('a flush', Promise.reject(new Error('the disk is full'))),
    ).rejects.toThrow('the disk is full')
  })
})

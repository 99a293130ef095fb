import { ProcessMetrics } from '@kilomega/observability'
import type { CallReport } from '@kilomega/ports'
import { SignalsRecorder } from '@kilomega/testing'
import { PortCalls } from './port-calls.js'

const call: CallReport = { port: 'harbour', operation: 'moor', durationMs: 100 }

describe('port calls that go on after their deadline', () => {
  const metrics = new ProcessMetrics()
  const signals = new SignalsRecorder()
  const { report } = new PortCalls(metrics, signals, { wireHonest: false })
  const overdue = async () => /^port_calls_overdue (\d+)$/m.exec(await metrics.text())?.[1]

  it('are counted until they end, and each is measured once as a call', async () => {
    report(call)
    for (let index = 0; index < 3; index += 1) report({ ...call, overdue: 'running' })
    expect(await overdue()).toBe('3')
    report({ ...call, overdue: 'ended' })
    expect(await overdue()).toBe('2')
    expect(await metrics.text()).toMatch(/port_call_duration_ms_count\{[^}]*moor[^}]*\} 4$/m)
    expect(signals.emitted).toEqual([])
  })

  it('are reported when they are given up, at most once a minute', () => {
    report({ ...call, overdue: 'given up' })
    report({ ...call, overdue: 'given up' })
    expect(signals.emitted).toMatchObject([{ name: 'port.calls-overdue', fields: { port: 'harbour', operation: 'moor', overdue: 2 } }])
  })

  it('are reported with their error, if that is our own fault', () => {
    report({ ...call, overdue: 'ended', error: new Error('torn sail') })
    expect(signals.of('port.call-failed')).toHaveLength(1)
  })
})

import { HealthBoard } from '@kilomega/observability'
import { SignalsRecorder } from '@kilomega/testing'
import { ClockWatch } from './clock-watch.js'

const hereMs = Date.UTC(2026, 10, 24, 12)
let signals: SignalsRecorder
let health: HealthBoard
let watch: ClockWatch
const note = (aheadMs: number, caller = 'ABC') => watch.note(caller, { thereMs: hereMs + aheadMs, hereMs })

beforeEach(() => {
  signals = new SignalsRecorder()
  health = new HealthBoard()
  watch = new ClockWatch(signals, health)
})

describe('the clocks of two processes', () => {
  it.each([-4_999, 0, 4_999])('are not reported when they differ by %d ms', async (aheadMs) => {
    note(aheadMs)
    expect(signals.of('nats.clocks-apart')).toEqual([])
    expect((await health.report()).checks).toEqual([])
  })

  it('are both reported, with the difference and the caller', async () => {
    note(31_000)
    note(-90_000, 'DEF')
    expect(signals.of('nats.clocks-apart')).toMatchObject([
      { fields: { caller: 'ABC', aheadS: 31, there: '2026-11-24T12:00:31.000Z', here: '2026-11-24T12:00:00.000Z' } },
      { fields: { caller: 'DEF', aheadS: -90 } },
    ])
    const [check] = (await health.report()).checks
    expect(check).toMatchObject({ name: 'clocks', up: false, required: false })
    expect(check!.problem).toContain('key UABC… is 31 s ahead of this one: 2026-11-24T12:00:31.000Z there, 2026-11-24T12:00:00.000Z here')
    expect(check!.problem).toContain('key UDEF… is 90 s behind this one')
  })

  it('are reported once a minute, and no longer once they agree again', async () => {
    for (let call = 0; call < 100; call += 1) note(10_000)
    expect(signals.of('nats.clocks-apart')).toHaveLength(1)
    note(0)
    note(6_000)
    note(0)
    expect(signals.of('nats.clocks-apart')).toHaveLength(1)
    expect((await health.report()).ready).toBe(true)
    expect((await health.report()).checks).toMatchObject([{ name: 'clocks', up: true }])
  })

  it('may have any value that a caller sends, without harm', async () => {
    for (const ms of [1e300, Infinity, 1]) watch.note(String(ms), { thereMs: ms, hereMs })
    expect((await health.report()).checks).toMatchObject([{ name: 'clocks', up: false }])
    for (let caller = 0; caller < 5_000; caller += 1) note(10_000, `caller-${caller}`)
    expect(signals.of('nats.clocks-apart')).toHaveLength(1_000)
  })
})

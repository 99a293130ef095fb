import { ProcessMetrics } from './metrics.process.js'

describe('metrics', () => {
  it('are given in the text format of Prometheus', async () => {
    const metrics = new ProcessMetrics()
    metrics.counter('a_things_total', 'Things', ['kind']).add(2, 'x')
    metrics.gauge('a_depth', 'Depth', () => 7)
    const histogram = metrics.histogram('a_duration_ms', 'Durations', ['route'])
    for (const valueMs of [0.2, 3, 3, 70_000]) histogram.observe(valueMs, '/v1/"x"')
    const lines = (await metrics.text()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'a_things_total{kind="x"} 2',
        'a_depth 7',
        '# TYPE a_duration_ms histogram',
        'a_duration_ms_bucket{route="/v1/\\"x\\"",le="2"} 1',
        'a_duration_ms_bucket{route="/v1/\\"x\\"",le="5"} 3',
        'a_duration_ms_bucket{route="/v1/\\"x\\"",le="+Inf"} 4',
        'a_duration_ms_count{route="/v1/\\"x\\""} 4',
        'a_duration_ms_sum{route="/v1/\\"x\\""} 70006.2',
      ]),
    )
    expect(lines.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds'))).toBe(true)
  })

  it('are still given when one of them cannot be read', async () => {
    const metrics = new ProcessMetrics()
    metrics.gauge('a_depth', 'Depth', () => Promise.reject(new Error('down')))
    expect(await metrics.text()).toContain('a_depth Nan')
  })

  it('refuse labels that were not declared', () => {
    expect(() => new ProcessMetrics().histogram('a_ms', 'A', ['route']).observe(1)).toThrow('takes the labels route')
  })
})

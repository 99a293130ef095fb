import { MetricsRecorder } from './metrics-recorder.js'

it('counters add up for each set of labels, gauges are read on request', async () => {
  const metrics = new MetricsRecorder()
  const counter = metrics.counter('things_total')
  counter.add(1, 'red')
  counter.add(2, 'red')
  metrics.histogram('wait_ms').observe(12, 'red')
  metrics.gauge('depth', 'How many wait', () => 7)
  expect(await metrics.read('things_total', 'red')).toBe(3)
  expect(await metrics.read('things_total', 'blue')).toBe(0)
  expect(await metrics.read('wait_ms', 'red')).toBe(1)
  expect(await metrics.read('depth')).toBe(7)
})

import picocolors from 'picocolors'
import { cutTo, heightOf } from '../terminal/height.js'
import { namesText } from '../terminal/names-text.js'
import { budgetProblem } from './connection-budget.js'
import { shapeTableText } from './shape-table.js'
import { UsageMeter } from './usage-meter.js'

const colors = picocolors.createColors(false)
const onLinux = process.platform === 'linux' ? it : it.skip

describe('The table of running processes', () => {
  it('shows process, ports, state, processor and memory', () => {
    const text = shapeTableText(
      [
        { name: 'api', ports: [3_000, 3_001], state: 'degraded', problems: ['nats'], usage: { cpuPercent: 12.4, memoryMb: 170.6 } },
        { name: 'search', ports: [3_003], state: 'down', problems: [] },
      ],
      colors,
    )
    const rows = text.split('\n').map((line) => line.split('│').map((cell) => cell.trim()))
    expect(rows).toContainEqual(['', 'process', 'port', 'state', 'CPU %', 'memory MB', ''])
    expect(rows).toContainEqual(['', 'api', '3000 3001', 'degraded: nats', '12', '171', ''])
    expect(rows).toContainEqual(['', 'search', '3003', 'down', '', '', ''])
  })

  it('knows how many rows it takes when lines wrap, not counting colour codes', () => {
    expect(heightOf('\u001b[32mabcdefgh\u001b[39m\n\nij', 4)).toBe(4)
    expect(heightOf('abcdefgh\nij', undefined)).toBe(2)
  })

  it('loses its first lines on a terminal with too few rows', () => {
    expect(cutTo('a\nb\nc\nd', { columns: 80, rows: 4 })).toBe('b\nc\nd')
    expect(cutTo('a\nabcdefgh\nc', { columns: 4, rows: 4 })).toBe('abcdefgh\nc')
    expect(cutTo('a\nb', { columns: undefined, rows: undefined })).toBe('a\nb')
  })

  it('names processes as people do', () => {
    expect(namesText([{ name: 'api' }])).toBe('the API')
    expect(namesText([{ name: 'media' }, { name: 'search-2' }, { name: 'worker' }])).toBe('media, search-2 and worker')
  })
})

describe('The budget of connections', () => {
  it('is kept, or the error names the sum and every share', () => {
    const processes = [
      { name: 'api', connections: 100 },
      { name: 'worker', connections: 90 },
    ]
    expect(budgetProblem(processes, 200)).toBeUndefined()
    expect(budgetProblem(processes, 199)).toMatch(/may open 190 connections .* takes 199 .*\(api 100, worker 90\)/)
  })
})

describe('The meter', () => {
  onLinux('measures the work of a process between two readings, and nothing for a missing one', () => {
    const meter = new UsageMeter()
    meter.read([process.pid])
    const until = performance.now() + 200
    while (performance.now() < until);
    const usages = meter.read([process.pid, 2 ** 22 + 1])
    expect(usages.size).toBe(1)
    expect(usages.get(process.pid)!.cpuPercent).toBeGreaterThan(2)
    expect(usages.get(process.pid)!.memoryMb).toBeGreaterThan(20)
  })
})

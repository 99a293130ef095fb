import { stripVTControlCharacters } from 'node:util'
import picocolors from 'picocolors'
import { lagText } from '../commands/outbox.command.js'
import { deadText } from '../commands/dead-letters.command.js'
import { queuesText } from '../commands/queue.command.js'
import { statusText } from '../commands/status.command.js'
import { subscribersText } from '../commands/subscribers.command.js'
import { tourText } from '../commands/tour.command.js'
import { shapeTableText } from '../shape/shape-table.js'
import { tableText } from './table.js'
import { wrapped } from './wrap.js'

const subscriber = 'search.putPublished:content.post-published'
const job = 'notifications.send-mail'
const id = '0199f2c4-5b7a-7cde-8f01-23456789abcd'
const problem = 'the queue is away: connect ECONNREFUSED 127.0.0.1:16379, asked by notifications,search and media'
const url = 'http://127.0.0.1:30001'
const counts = { waiting: 1_200, active: 3, delayed: 0, dead: 12, backlog: 1_215, oldestMs: 3_600_000 }
const stop = {
  what: 'Find it in spite of a typo',
  asked: 'GET /v1/search',
  answered: '200 “lighthuose” was read as “lighthouse”',
  tookMs: 84,
  passed: true,
}

/** Every table that km shows, with the content that must not wrap. */
const tables: [string, string[], (columns: number) => string][] = [
  ['km outbox lag', [subscriber], (columns) => lagText([{ schema: 'content', subscriber, backlog: 12, oldestMs: 84_000, dead: 1 }], columns)],
  [
    'km outbox subscribers',
    [subscriber],
    (columns) => subscribersText([{ schema: 'content', subscriber, backlog: 12, dead: 1 }], () => subscriber, columns),
  ],
  [
    'km queue kinds',
    [job],
    (columns) => subscribersText([{ schema: 'content', subscriber: `queue:${job}`, backlog: 12, dead: 1 }], () => job, columns),
  ],
  ['km queue list', [job], (columns) => queuesText([{ name: job, ...counts, paused: true }], columns)],
  ['km queue show', [id], (columns) => deadText([{ id, attempts: 3, diedAt: '2026-11-28T10:00:00.000Z', reason: problem }], columns)],
  [
    'km status',
    ['notifications: queue', url],
    (columns) => statusText({ parts: [{ name: 'notifications: queue', where: url, pid: 123_456, up: false, required: true, problem }] }, columns),
  ],
  [
    'km tour',
    ['84 ms'],
    (columns) =>
      tourText({ passed: true, stops: [stop, { ...stop, asked: 'POST /v1/accounts/verifications/with-a-long-name', passed: false }] }, columns),
  ],
  [
    'km up',
    ['notifications'],
    (columns) =>
      shapeTableText(
        [
          {
            name: 'notifications',
            ports: [3_000, 3_001],
            state: 'degraded',
            problems: ['queue', 'queue-settings', 'consumers', 'processes', 'nats', 'clocks'],
            usage: { cpuPercent: 12, memoryMb: 160 },
          },
        ],
        picocolors.createColors(true),
        columns,
      ),
  ],
]

describe.each([60, 80, 120])('On a terminal of %i columns', (columns) => {
  it.each(tables)('%s stays within its width, says everything, and leaves names whole', (_, names, textAt) => {
    const lines = stripVTControlCharacters(textAt(columns)).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
    for (const name of names) expect(lines.filter((line) => line.includes(name))).not.toEqual([])
    const letters = (text: string): string => [...text.replace(/[\s│─┌┬┐├┼┤└┴┘,]/g, '')].sort().join('')
    const isTable = lines[0]!.startsWith('┌')
    if (isTable) expect(letters(lines.join(''))).toBe(letters(stripVTControlCharacters(textAt(10_000))))
    expect(lines.join('')).not.toMatch(/(?<!\/)…(?!\/)/)
  })
})

describe('A table', () => {
  it('becomes paragraphs if it does not fit', () => {
    expect(tableText(['', 'name', 'of', 'state'], [['✓', subscriber, 'content', 'it is well']], { whole: ['name'], columns: 50 })).toBe(
      `✓ ${subscriber}\n  of content, state it is well`,
    )
  })

  it('colours each line of a wrapped cell', () => {
    expect(wrapped('\u001b[31mdown: nats, queue\u001b[39m', 10)).toEqual([
      '\u001b[31mdown:\u001b[39m',
      '\u001b[31mnats,\u001b[39m',
      '\u001b[31mqueue\u001b[39m',
    ])
  })

  it.each([
    ['one two three', 8, ['one two', 'three']],
    ['/v1/accounts/verifications', 14, ['/v1/accounts/', 'verifications']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['', 4, ['']],
  ])('breaks %j at %i columns', (text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines)
  })
})

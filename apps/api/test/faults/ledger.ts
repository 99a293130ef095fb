import { appendFileSync } from 'node:fs'
import { processEnvironment } from '@kilomega/config'

/** What a fault test counted; what does not apply to it stays away. */
export interface Figures {
  /** Where jobs waited, for rows that are held by each backend of the queue. */
  backend?: 'postgres' | 'redis'
  /** Work that was answered as done. */
  accepted?: number
  /** Its effects that are there: rows, mails, files. */
  effects?: number
  /** Accepted without its effect. */
  lost?: number
  /** Effects beyond one for each piece of work. */
  duplicates?: number
  /** Work whose caller never learned what became of it. */
  unknown?: number
  /** Kills, pauses, cuts that met running work: a run without any is worth nothing. */
  faultsHit?: number
  p99Ms?: number
  /** From the end of the fault to work as before. */
  recoveryMs?: number
}

export interface Row extends Figures {
  /** Of the promise, as in `R36`, or a name of its own, as in `NATS-RESTART`. */
  id: string
  held: boolean
}

const words: Record<keyof Omit<Figures, 'backend'>, string> = {
  accepted: 'accepted',
  effects: 'effects',
  lost: 'lost',
  duplicates: 'duplicates',
  unknown: 'unknown',
  faultsHit: 'faults hit',
  p99Ms: 'p99 ms',
  recoveryMs: 'recovery ms',
}
const longestTestMs = 600_000

/**
 * A test that stands for a row of the ledger. The body fills in the figures before it asserts them, so that they are told also where they are wrong;
 * the row is held when the body comes to its end. `id` is written out: `npm run test:faults` finds the rows by it.
 */
export function holds(id: string, sentence: string, body: (figures: Figures) => Promise<void>, timeoutMs = longestTestMs): void {
  it(
    `${id}: ${sentence}`,
    async () => {
      const figures: Figures = {}
      let held = false
      try {
        await body(figures)
        held = true
      } finally {
        recordRow({ id, held, ...figures })
      }
    },
    timeoutMs,
  )
}

/** Prints the row and, for `npm run test:faults`, leaves it in the file of `KILOMEGA_FAULTS_JSON`, a line each. */
export function recordRow(row: Row): void {
  const { id, held, backend, ...figures } = row
  const told = Object.entries(words).flatMap(([name, word]) => {
    const figure = figures[name as keyof typeof words]
    return figure === undefined ? [] : [`${word} ${Math.round(figure)}`]
  })
  const over = backend === undefined ? '' : ` over ${backend}`
  process.stdout.write(`${id}${over} ${held ? 'held' : 'NOT HELD'}: ${told.join(', ')}\n`)
  const file = processEnvironment()['KILOMEGA_FAULTS_JSON']
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`)
}

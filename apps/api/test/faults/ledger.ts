import { appendFileSync } from 'node:fs'
import { processEnvironment } from '@kilomega/config'

/** The counts of a fault test; those that do not apply are left out. */
export interface Figures {
  /** The backend of the queue, for rows that hold once per backend. */
  backend?: 'postgres' | 'redis'
  /** Work that was answered as done. */
  accepted?: number
  /** Effects found afterwards: rows, mails, files. */
  effects?: number
  /** Accepted without an effect. */
  lost?: number
  /** Effects beyond one per piece of work. */
  duplicates?: number
  /** Work whose caller never learned the outcome. */
  unknown?: number
  /** Kills, pauses and cuts that hit running work: a run without any proves nothing. */
  faultsHit?: number
  p99Ms?: number
  /** From the end of the fault until work is as before. */
  recoveryMs?: number
}

export interface Row extends Figures {
  /** The id of a promise, such as `R36`, or a name, such as `NATS-RESTART`. */
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
 * A test that stands for a row of the ledger. The body fills in the figures before it asserts them, so that they are reported even if they are wrong;
 * the row holds if the body completes. `id` must be a literal: `npm run test:faults` finds the rows by it.
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

/** Prints the row and, for `npm run test:faults`, appends it to the file of `KILOMEGA_FAULTS_JSON`, one row per line. */
export function recordRow(row: Row): void {
  const { id, held, backend, ...figures } = row
  const parts = Object.entries(words).flatMap(([name, word]) => {
    const figure = figures[name as keyof typeof words]
    return figure === undefined ? [] : [`${word} ${Math.round(figure)}`]
  })
  const over = backend === undefined ? '' : ` over ${backend}`
  process.stdout.write(`${id}${over} ${held ? 'held' : 'NOT HELD'}: ${parts.join(', ')}\n`)
  const file = processEnvironment()['KILOMEGA_FAULTS_JSON']
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`)
}

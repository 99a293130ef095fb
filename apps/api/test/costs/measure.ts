import type { SentStatement } from '@kilomega/database'
import type { Cost } from '@kilomega/http'
import { analyticsVisits, mediaVisits, notificationsVisits, operationsVisits, platformVisits, searchVisits } from './visit-others.js'
import { contentVisits } from './visit-content.js'
import { identityVisits } from './visit-identity.js'
import type { SeededApi } from './seeded-api.js'
import { StatementLog } from './statement-log.js'
import type { Visit } from './visits.js'

/** Requests of every route, with full lists. The order matters: a visit may use up what the next ones need. */
export const everyRoute: readonly Visit[] = [
  ...contentVisits,
  ...mediaVisits,
  ...searchVisits,
  ...notificationsVisits,
  ...analyticsVisits,
  ...operationsVisits,
  ...platformVisits,
  ...identityVisits,
]

/** What a request has cost, and the statements that it sent. */
export interface Measured {
  route: string
  status: number
  text: string
  cost: Cost
  sent: readonly SentStatement[]
}

/** Sends the requests one after another. */
export async function measure(world: SeededApi, visits: readonly Visit[]): Promise<Measured[]> {
  const log = new StatementLog()
  const measured: Measured[] = []
  try {
    for (const { route, ask } of visits) {
      const { status, text, headers } = await ask(world)
      const sent = log.of(headers.get('x-request-id')!, route)
      const bytes = Number(headers.get('content-length') ?? 0)
      measured.push({ route, status, text, sent, cost: { queries: sent.length, bytes } })
    }
  } finally {
    log.close()
  }
  return measured
}

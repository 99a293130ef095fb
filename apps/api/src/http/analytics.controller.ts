import { AnalyticsPort, EventBatch, Stats, StatsQuery } from '@kilomega/contracts'
import { Body, Query, Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const Tracked = z.object({ accepted: z.int(), duplicates: z.int() }).meta({ title: 'TrackedEvents' })

@Routes('Events of visitors, and statistics')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsPort) {}

  @Route({
    method: 'POST',
    path: '/v1/events',
    access: 'anyone',
    summary: 'Records events of visitors; the same id and time count once',
    budget: { queries: 0, bytes: 1_000 },
    body: EventBatch,
    status: 202,
    answer: Tracked,
    errors: ['EVENT_TIME_OUT_OF_RANGE', 'ANONYMOUS_ID_REQUIRED'],
  })
  track(@Body() batch: EventBatch) {
    return this.analytics.track(batch)
  }

  @Route({
    method: 'GET',
    path: '/v1/stats',
    access: 'admin',
    summary: 'Counts events and distinct visitors over time',
    budget: { queries: 1, bytes: 400_000 },
    query: StatsQuery,
    answer: Stats,
  })
  stats(@Query() query: StatsQuery) {
    return this.analytics.stats(query)
  }
}

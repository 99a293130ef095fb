import { lockByName, type Transaction } from '@kilomega/database'
import { ChangedDay } from './tables/changed-day.entity.js'

/**
 * Counts whole days again. It reads after the marks were removed, so it sees every event that they stand for. By hand, because TypeORM inserts no rows that
 * a statement selects.
 */
const count = `
  INSERT INTO analytics.daily_stat (day, name, count, users)
  SELECT changed.day, event.name, count(*), count(DISTINCT event.visitor)
  FROM unnest($1::date[]) AS changed (day)
  CROSS JOIN LATERAL (
    SELECT name, visitor FROM analytics.event
    WHERE occurred_at >= changed.day::timestamp AT TIME ZONE 'UTC' AND occurred_at < (changed.day + 1)::timestamp AT TIME ZONE 'UTC'
  ) AS event
  GROUP BY changed.day, event.name
  ON CONFLICT (day, name) DO UPDATE SET count = excluded.count, users = excluded.users`

/** Brings the daily roll-up up to date and returns the days that it counted. A late event makes its day count again. */
export async function rollUpDays(transaction: Transaction): Promise<string[]> {
  // One at a time: an older count must not overwrite a newer one.
  await lockByName(transaction, 'analytics.roll_up_days')
  const { raw } = await transaction.manager.createQueryBuilder().delete().from(ChangedDay).returning('day').execute()
  const days = [...new Set((raw as ChangedDay[]).map(({ day }) => day))].sort()
  if (days.length > 0) await transaction.query(count, [days])
  return days
}

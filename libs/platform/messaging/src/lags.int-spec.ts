import { EventShips } from '../test/event-ships.js'
import { lagsOf } from './lags.js'

const hourMs = 3_600_000
const registered = `INSERT INTO harbour.subscriber (event_name, name) VALUES ('job:harbour.paint', 'queue:harbour.paint')`
/** A job added so many hours ago, to start after so many hours. */
const job = `
  WITH job AS (
    INSERT INTO harbour.outbox (id, name, payload, request_id, occurred_at)
    VALUES (uuidv7($1::int * interval '-1 hour'), 'job:harbour.paint', json_build_object('payload', '{}', 'delayMs', $2::int * 3600000), 'test', now() - $1::int * interval '1 hour')
    RETURNING id)
  INSERT INTO harbour.delivery (subscriber, event_id, due_at, state)
  SELECT 'queue:harbour.paint', id, now() + ($2::int - $1::int) * interval '1 hour', $3 FROM job`

describe('The lag of a kind of job', () => {
  let ships: EventShips
  beforeEach(async () => {
    ships = await EventShips.open()
    await ships.rows(registered)
  })
  afterEach(() => ships.close())

  const add = (hoursAgo: number, delayHours: number, state = 'pending') => ships.rows(job, [hoursAgo, delayHours, state])
  const lagHours = async () => {
    const [lag] = await lagsOf(ships.opened.database, ['queue:harbour.paint'])
    const { backlog, oldestMs } = lag!
    return { backlog, hours: Math.round(oldestMs / hourMs) }
  }

  it('does not count the time for which a job was told to wait', async () => {
    await add(1, 3)
    expect(await lagHours()).toEqual({ backlog: 1, hours: 0 })
    await add(5, 3, 'published')
    expect(await lagHours()).toEqual({ backlog: 2, hours: 2 })
  })

  it('is the age of the oldest one that may start', async () => {
    await add(9, 12)
    await add(4, 0, 'published')
    await add(1, 0)
    expect(await lagHours()).toEqual({ backlog: 3, hours: 4 })
  })
})

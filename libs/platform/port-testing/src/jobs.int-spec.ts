import { freshness, isFresh } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { describeWithRedis, eventually } from '@kilomega/testing'
import { Redis } from 'ioredis'
import { type Backend, Harbour, HarbourJobs, PaintShip } from '../test/harbour.js'

const idOf = (last: number) => `0199f0a2-7c1e-7b63-9d54-00000000000${last}`

let harbour: Harbour
const open = (backend: Backend) => () => {
  beforeAll(async () => {
    harbour = await Harbour.open(backend)
  }, 60_000)
  afterAll(() => harbour.close())
  itRuns()
  itEnds()
  if (backend === 'redis') itOutlivesItsStore()
}

function itRuns(): void {
  it('runs once after the commit, as the system, with a deadline', async () => {
    await harbour.order('Beagle')
    await eventually(() => expect(harbour.startsOf('Beagle')).toMatchObject([{ actor: 'system', run: { attempt: 1, lastAttempt: false } }]))
    expect(harbour.startsOf('Beagle')[0]!.timeLeftMs).toBeGreaterThan(50_000)
  })

  it('gets the freshness that a reader needs to see what was committed with it', async () => {
    const { database } = harbour.opened.database
    const before = await freshness(database)
    await harbour.order('Fresh')
    await eventually(() => expect(harbour.startsOf('Fresh')).toHaveLength(1))
    const received = harbour.startsOf('Fresh')[0]!.run.freshness!
    expect(received > before).toBe(true)
    expect(await database.read((queryable) => isFresh(queryable, received))).toBe(true)
  })

  it('does not run if the transaction that added it rolls back', async () => {
    await harbour.order('Ghost', true).catch(() => undefined)
    await harbour.order('Bounty')
    await eventually(() => expect(harbour.startsOf('Bounty')).toHaveLength(1))
    expect(harbour.startsOf('Ghost')).toEqual([])
  })

  it('is started again when it fails, under the same id', async () => {
    await harbour.order('Leaky')
    await eventually(() => expect(harbour.startsOf('Leaky').map(({ run }) => run.attempt)).toEqual([1, 2]))
    expect(new Set(harbour.startsOf('Leaky').map(({ run }) => run.id)).size).toBe(1)
  })

  it('with a schedule runs by itself', async () => {
    const jobs = harbour.opened.get(HarbourJobs)
    const before = jobs.counted
    await eventually(() => expect(jobs.counted).toBeGreaterThanOrEqual(before + 2))
  })

  it('cannot be added by another module', async () => {
    const { database, get } = harbour.opened
    const foreign = database.databases.of('elsewhere').write((transaction) => get(Jobs).add(transaction, PaintShip({ name: 'x' })))
    await expect(foreign).rejects.toThrow('harbour.paint-ship cannot be added by module elsewhere')
  })
}

function itEnds(): void {
  it('is in the ledger until it has ended, and no longer', async () => {
    const rise = harbour.holdTide()
    await harbour.order('Held')
    await eventually(() => expect(harbour.startsOf('Held')).toHaveLength(1))
    await harbour.hasPending(1)
    rise()
    await harbour.hasPending(0)
  })

  it('is written once, with the change that adds it, until it is looked at again a minute later', async () => {
    const rise = harbour.holdTide()
    await harbour.order('Held once')
    await eventually(() => expect(harbour.startsOf('Held once')).toHaveLength(1))
    const [delivery] = await harbour.rows(
      `SELECT attempts, due_at > now() + interval '50 s' AS "isLate" FROM harbour.delivery WHERE subscriber = 'queue:harbour.paint-ship'`,
    )
    expect(delivery).toEqual({ attempts: 0, isLate: true })
    rise()
    await harbour.hasPending(0)
  })

  it('knows when it starts for the last time, and is a dead letter with its reason afterwards', async () => {
    await harbour.order('Cursed')
    await eventually(() => expect(harbour.startsOf('Cursed').map(({ run }) => run.lastAttempt)).toEqual([false, false, true]))
    const dead = `SELECT subscriber, reason FROM harbour.dead_letter WHERE reason LIKE '%Cursed%'`
    const letter = { subscriber: 'queue:harbour.paint-ship', reason: 'Cursed will not be painted' }
    await eventually(async () => expect(await harbour.rows(dead)).toEqual([letter]))
    await harbour.hasPending(0)
  })

  it('that comes too late is a dead letter, and is not started', async () => {
    await harbour.askRaw({ id: idOf(1), jobName: 'harbour.salute-ship', payload: { name: 'Late' }, version: 2, ageS: 60 })
    await eventually(async () => expect(await harbour.rows(`SELECT 1 FROM harbour.dead_letter WHERE reason LIKE 'JOB_EXPIRED%'`)).toHaveLength(1))
    expect(harbour.startsOf('Late')).toEqual([])
  })

  it('of a newer version waits for a worker that knows it, and has not failed', async () => {
    await harbour.askRaw({ id: idOf(2), jobName: PaintShip.jobName, payload: { hull: 7 }, version: 2 })
    await eventually(async () => expect(await harbour.queue.getDelayedCount()).toBe(1))
    expect(await harbour.rows('SELECT 1 FROM harbour.dead_letter WHERE event_id = $1', [idOf(2)])).toEqual([])
    await harbour.hasPending(1)
    await harbour.queue.remove(idOf(2))
    await harbour.opened.database.database.write((transaction) => transaction.query('DELETE FROM harbour.delivery'))
  })

  it('with a payload that its schema refuses is a dead letter at once', async () => {
    await harbour.askRaw({ id: idOf(3), jobName: PaintShip.jobName, payload: { name: 7 } })
    const dead = `SELECT 1 FROM harbour.dead_letter WHERE reason LIKE 'JOB_PAYLOAD_INVALID%'`
    await eventually(async () => expect(await harbour.rows(dead)).toHaveLength(1))
  })
}

/** Tests for a queue that has its own store. */
function itOutlivesItsStore(): void {
  it('is done even if the store was emptied before a worker took it, and schedules continue', async () => {
    await harbour.queue.pause()
    await harbour.order('Phoenix')
    await eventually(async () => expect(await harbour.queue.getWaitingCount()).toBe(1))
    const client = new Redis(harbour.redis!.url)
    await client.flushall()
    await client.quit()
    await eventually(() => expect(harbour.startsOf('Phoenix')).toHaveLength(1), 10_000)
    await harbour.hasPending(0)
    const { counted } = harbour.opened.get(HarbourJobs)
    await eventually(() => expect(harbour.opened.get(HarbourJobs).counted).toBeGreaterThan(counted + 1))
  })

  it('waits in the ledger while the store is down, and is done at once when it is back', async () => {
    await harbour.redis!.server.kill()
    await harbour.order('Patience')
    await harbour.reportsQueue(false)
    await harbour.redis!.restart()
    await eventually(() => expect(harbour.startsOf('Patience')).toHaveLength(1), 15_000)
    await harbour.hasPending(0)
  })

  it('is done once if the store hangs and then continues', async () => {
    await harbour.reportsQueue(true)
    await harbour.redis!.server.pause()
    await harbour.order('Doldrums')
    await harbour.reportsQueue(false)
    harbour.redis!.server.resume()
    await eventually(() => expect(harbour.startsOf('Doldrums')).toHaveLength(1), 15_000)
    await harbour.hasPending(0)
    expect(harbour.startsOf('Doldrums')).toHaveLength(1)
  })
}

describe('a job that waits in Postgres', open('postgres'))
describeWithRedis('a job that waits in Redis', open('redis'))

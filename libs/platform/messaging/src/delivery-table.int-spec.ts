import { record, EventShips } from '../test/event-ships.js'
import { DeliveryTable } from './delivery-table.js'
import type { Delivery } from './subscription.js'

const subscriber = 'insurer.pay:harbour.ship-sank'
const longMs = 600_000

let ships: EventShips
let table: DeliveryTable

const deliveries = () =>
  ships.rows<object>(
    `SELECT state, attempts, lease, lost_leases AS "lostLeases", due_at > now() + interval '1 hour' AS "isLate" FROM harbour.delivery`,
  )
const dead = () => ships.rows('SELECT attempts, code, reason FROM harbour.dead_letter')
const makeDue = () => ships.rows('UPDATE harbour.delivery SET due_at = now()')

/** A delivery as the process that hangs has it, and as another process has claimed it since. */
async function claimedTwice(): Promise<[late: Delivery, current: Delivery]> {
  const [late] = await table.claim(1, longMs)
  await makeDue()
  return [late!, (await table.claimSuspect(longMs))!]
}

const current = { state: 'claimed', attempts: 0, lease: 2, lostLeases: 1, isLate: false }
const gaveUp = { code: 'FOG', reason: 'too late' }

beforeEach(async () => {
  ships = await EventShips.open()
  await (await ships.hear(record)).stop()
  table = new DeliveryTable(ships.harbour, subscriber)
})
afterEach(() => ships.close())

describe('A delivery whose lease has expired and that another process has claimed', () => {
  beforeEach(() => ships.sink('Beagle'))

  it('is not given up by the late process', async () => {
    const [late, now] = await claimedTwice()
    await table.giveUp(late, gaveUp)
    expect(await deliveries()).toEqual([current])
    expect(await dead()).toEqual([])
    await table.giveUp(now, { code: 'FOG', reason: 'in time' })
    expect(await deliveries()).toEqual([])
    expect(await dead()).toEqual([{ attempts: 0, code: 'FOG', reason: 'in time' }])
  })

  it('is not retried or released by the late process', async () => {
    const [late, now] = await claimedTwice()
    const dayMs = 24 * 3_600_000
    await table.retry(late, { afterMs: dayMs, reason: 'late' })
    await table.release([late], { afterMs: dayMs })
    expect(await deliveries()).toEqual([current])
    await table.retry(now, { afterMs: dayMs, reason: 'fog' })
    expect(await deliveries()).toEqual([{ ...current, state: 'retry', attempts: 1, isLate: true }])
  })

  it('is not claimed by a process that gets a copy from the stream', async () => {
    const [late] = await claimedTwice()
    expect(await table.claimArrived([late], longMs)).toEqual([])
  })

  it('is done even if it is the late process that has done it, because the effect is committed', async () => {
    const [late] = await claimedTwice()
    await table.finish([late])
    expect(await deliveries()).toEqual([])
  })
})

describe('A delivery', () => {
  it('has a state that says where it is', async () => {
    await ships.sink('Beagle')
    const states = async () => (await ships.rows<{ state: string }>('SELECT state FROM harbour.delivery')).map(({ state }) => state)
    expect(await states()).toEqual(['pending'])
    const [published] = await table.publishDue(1, longMs)
    expect(await states()).toEqual(['published'])
    await table.unpublish([published!], { afterMs: 0, reason: 'fog' })
    expect(await states()).toEqual(['pending'])
    const [claimed] = await table.claim(1, longMs)
    expect(await states()).toEqual(['claimed'])
    await table.release([claimed!], { afterMs: 0 })
    expect(await states()).toEqual(['retry'])
    await table.giveUp({ id: claimed!.id }, gaveUp)
    expect(await states()).toEqual([])
    expect(await dead()).toEqual([{ attempts: 0, ...gaveUp }])
  })

  it('whose process died is claimed alone from then on, and never with others', async () => {
    await ships.sink('Beagle', 'Bounty')
    await table.claim(10, longMs)
    await makeDue()
    await ships.sink('Victory')
    const suspects = [await table.claimSuspect(longMs), await table.claimSuspect(longMs), await table.claimSuspect(longMs)]
    expect(suspects.map((one) => one?.lostLeases)).toEqual([1, 1, undefined])
    await table.release([suspects[0]!, suspects[1]!], { afterMs: 0 })
    const together = await table.claim(10, longMs)
    expect(together.map(({ payload }) => payload)).toEqual([{ name: 'Victory' }])
    expect(await table.claimSuspect(longMs)).toMatchObject({ lostLeases: 1, lease: 3 })
  })
})

import { record, ToldShips } from '../test/told-ships.js'
import { DeliveryTable } from './delivery-table.js'
import type { Delivery } from './subscription.js'

const subscriber = 'insurer.pay:harbour.ship-sank'
const longMs = 600_000

let ships: ToldShips
let table: DeliveryTable

const owed = () =>
  ships.rows<{ attempts: number; isLate: boolean }>(`SELECT attempts, due_at > now() + interval '1 hour' AS "isLate" FROM harbour.delivery`)
const dead = () => ships.rows('SELECT attempts, reason FROM harbour.dead_letter')
const makeDue = () => ships.rows('UPDATE harbour.delivery SET due_at = now()')

/** What a process holds that hangs, and what another has claimed since. */
async function claimedTwice(): Promise<[late: Delivery, current: Delivery]> {
  const [late] = await table.claim(1, longMs)
  await makeDue()
  const [current] = await table.claim(1, longMs)
  return [late!, current!]
}

describe('A delivery whose lease was over and that another process has claimed', () => {
  beforeEach(async () => {
    ships = await ToldShips.open()
    await (await ships.hear(record)).stop()
    await ships.sink('Beagle')
    table = new DeliveryTable(ships.harbour, subscriber)
  })
  afterEach(() => ships.close())

  it('is not given up by the process that comes late', async () => {
    const [late, current] = await claimedTwice()
    await table.bury(late, 'too late')
    expect(await owed()).toEqual([{ attempts: 2, isLate: false }])
    expect(await dead()).toEqual([])
    await table.bury(current, 'in time')
    expect(await owed()).toEqual([])
    expect(await dead()).toEqual([{ attempts: 2, reason: 'in time' }])
  })

  it('is not postponed by the process that comes late', async () => {
    const [late, current] = await claimedTwice()
    const dayMs = 24 * 3_600_000
    await table.postpone(late, dayMs)
    expect(await owed()).toEqual([{ attempts: 2, isLate: false }])
    await table.postpone(current, dayMs)
    expect(await owed()).toEqual([{ attempts: 2, isLate: true }])
  })

  it('is not claimed by whoever gets a copy that was sent off before', async () => {
    const [late] = await claimedTwice()
    for (const attempt of [0, 1]) expect(await table.claimGiven([{ ...late, attempt }], longMs)).toEqual([])
    expect(await table.claimGiven([{ ...late, attempt: 2 }], longMs)).toEqual([{ id: late.id, attempt: 3, ordered: false }])
  })

  it('is over also when the late process is who has done it, as the effect is there', async () => {
    const [late] = await claimedTwice()
    await table.finish([late])
    expect(await owed()).toEqual([])
  })
})

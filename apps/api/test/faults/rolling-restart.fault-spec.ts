import { describeWithOwnNats } from '@kilomega/testing'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { Load } from './load.js'
import { Mixture } from './mixture.js'

const rounds = byForm(2, 10)
/** The short form leaves room for a busy machine. */
const perSecond = byForm(40, 100)
/** How long a caller of the API waits at most. Far above the usual time of a request, so that a failure has another cause. */
const deadlineMs = 10_000

describeWithOwnNats('rolling restarts of two APIs and two search services under load', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await Fleet.open({ remote: ['search'] })
  }, 120_000)
  afterAll(() => fleet?.close())

  holds('R36', 'no request fails, and every accepted write is there once', async (figures) => {
    const mixture = new Mixture('Rolling', await fleet.operatorToken())
    const load = Load.start({ url: fleet.url, perSecond, deadlineMs, next: mixture.next })
    const codes: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const rolled = await Promise.all([fleet.rollApis(['search']), fleet.rollServices()])
      codes.push(...rolled.flat())
    }
    const outcomes = await load.stop()

    figures.faultsHit = codes.length
    await mixture.settle(fleet, outcomes, figures)
    expect(codes).toEqual(Array.from({ length: rounds * 4 }, () => 0))
  })
})

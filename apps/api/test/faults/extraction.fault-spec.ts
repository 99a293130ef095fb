import { describeWithOwnNats, eventually } from '@kilomega/testing'
import type { AppProcess } from '../app-process.js'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { Load } from './load.js'
import { metricSum } from './metric-sum.js'
import { Mixture } from './mixture.js'

const journeys = byForm(1, 3)
const perSecond = 50
const deadlineMs = 10_000
const requestsBetween = perSecond

describeWithOwnNats('search moves out of two APIs into two services, and back, under load', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await Fleet.open()
  }, 120_000)
  afterAll(() => fleet?.close())

  const searchesOf = (service: AppProcess) => metricSum(service, 'port_call_duration_ms_count', { port: 'search', operation: 'find', outcome: 'ok' })

  /** Resolves when both new instances have answered searches. */
  async function moveOut(load: Load): Promise<number[]> {
    const services = await Promise.all([fleet.services.start('search'), fleet.services.start('search')])
    const codes = await fleet.rollApis(['search'])
    for (const service of services) await eventually(async () => (await searchesOf(service)) > 0, 30_000)
    await more(load)
    return codes
  }

  async function moveBack(load: Load): Promise<number[]> {
    const codes = await fleet.rollApis()
    for (const service of [...fleet.services.processes]) codes.push(await fleet.services.stop(service))
    await more(load)
    return codes
  }

  const more = async (load: Load): Promise<void> => {
    const seen = load.outcomes.length
    await eventually(() => load.outcomes.length >= seen + requestsBetween, 30_000)
  }

  holds('EXTRACTION', 'no request fails, and what is published meanwhile is found afterwards', async (figures) => {
    const mixture = new Mixture('Extraction', await fleet.operatorToken())
    const load = Load.start({ url: fleet.url, perSecond, deadlineMs, next: mixture.next })
    const codes: number[] = []
    for (let journey = 0; journey < journeys; journey += 1) codes.push(...(await moveOut(load)), ...(await moveBack(load)))
    const outcomes = await load.stop()

    figures.faultsHit = codes.length
    await mixture.settle(fleet, outcomes, figures)
    expect(codes).toEqual(Array.from({ length: journeys * 6 }, () => 0))
  })
})

import { type Budgets, budgetsOf, costFaults, looseBudgets } from './costs/cost-faults.js'
import { everyRoute, measure, type Measured } from './costs/measure.js'
import { SeededApi } from './costs/seeded-api.js'

let world: SeededApi
let budgets: Budgets
let measured: Measured[]
beforeAll(async () => {
  world = await SeededApi.open()
  budgets = budgetsOf(world.api.routes)
  measured = await measure(world, everyRoute)
}, 120_000)
afterAll(() => world.close())

/** These look at the ledger of each module, and their budgets are for more modules than there are. */
const overLedgers = /^\w+ \/(operations\/|health\/ready|metrics)/

describe('every route', () => {
  it('has a budget, and is asked here', () => {
    const routes = world.api.routes.map(({ method, path }) => `${method} ${path}`)
    expect(routes.length).toBeGreaterThan(60)
    expect(routes.filter((route) => !budgets.has(route))).toEqual([])
    const asked = new Set(measured.map(({ route }) => route))
    expect(routes.filter((route) => !asked.has(route))).toEqual([])
  })

  it('stays within its budget with full lists, sends no query for each row, and none twice', () => {
    expect(costFaults(measured, budgets)).toEqual([])
  })

  it('has a budget with little room, so that one query more is noticed', () => {
    expect(looseBudgets(measured, budgets).filter((fault) => !overLedgers.test(fault))).toEqual([])
  })
})

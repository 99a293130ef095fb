import { bindings } from '@kilomega/bindings'
import { Authenticator } from '@kilomega/http'
import { Module } from '@nestjs/common'
import { controllers } from '../src/http/controllers.js'
import { IdentityAuthenticator } from '../src/http/identity-authenticator.js'
import { type Budgets, budgetsOf, costFaults, looseBudgets } from './costs/cost-faults.js'
import { measure, type Measured } from './costs/measure.js'
import { PlantedController } from './costs/planted.controller.js'
import { SeededApi } from './costs/seeded-api.js'
import { byAnyone } from './costs/visits.js'

@Module({
  imports: bindings,
  controllers: [...controllers, PlantedController],
  providers: [{ provide: Authenticator, useClass: IdentityAuthenticator }],
})
class PlantedModule {}

let world: SeededApi
let budgets: Budgets
beforeAll(async () => {
  world = await SeededApi.open({}, PlantedModule)
  budgets = budgetsOf(world.api.routes)
}, 120_000)
afterAll(() => world.close())

const route = (name: string) => `GET /planted/${name}`
const asked = (name: string): Promise<Measured[]> => measure(world, [byAnyone(route(name))])

it('a route without a fault passes', async () => {
  const measured = await asked('clean')
  expect(measured).toMatchObject([{ status: 200, cost: { queries: 2 } }])
  expect(costFaults(measured, budgets)).toEqual([])
})

it.each([
  ['one-query-more', /: 2 queries, and its budget is 1\n {2}SELECT id, .*\n {2}SELECT id, title/],
  ['one-byte-more', /: 10 bytes, and its budget is 9$/],
  ['n-plus-one', /: N\+1: sent 100 times, each time with other parameters; .*: SELECT title FROM content\.post WHERE id = \$1$/],
  ['repeated', /: Repeated query: sent 2 times with the same parameters; /],
  ['no-budget', /: has no budget$/],
  ['nowhere', /: has no budget$/],
])('the fault of %s is found, and no other', async (name, fault) => {
  expect(costFaults(await asked(name), budgets)).toEqual([expect.stringMatching(fault)])
})

it('a budget with much room is found', async () => {
  const loose = new Map([[route('clean'), { queries: 4, bytes: 100_000 }]])
  expect(looseBudgets(await asked('clean'), loose)).toEqual([
    expect.stringMatching(/: its budget is 4 queries, and no request needs more than 2$/),
    expect.stringMatching(/: its budget is 100000 bytes, and no request needs more than \d+$/),
  ])
})

import { config, MemorySecretStore, numberField } from '@kilomega/config'
import { bind, implement } from '@kilomega/messaging'
import { port } from '@kilomega/ports'
import { job, Runs } from '@kilomega/queue'
import { Module, type Type } from '@nestjs/common'
import { z } from 'zod'
import { connectionsOf } from './connections.js'
import { loadApp } from './loaded-app.js'

abstract class HarbourPort extends port('harbour', {}) {}
class HarbourService extends HarbourPort {}
class HarbourModule {}
abstract class HarbourConfig extends config('HARBOUR', { piers: numberField({ min: 1, max: 9 }).default(3).describe('How many piers') }) {}

class HarbourJobs {
  @Runs(job('harbour.paint-ship', z.object({})))
  async paint(): Promise<void> {}

  @Runs(job('harbour.count-ships', z.object({})))
  async count(): Promise<void> {}
}

const implementation = implement(HarbourPort, { module: HarbourModule, service: HarbourService, config: [HarbourConfig], jobs: [HarbourJobs] })
const appOf = (...imports: NonNullable<Parameters<typeof Module>[0]['imports']>): Type => {
  @Module({ imports })
  class App {}
  return App
}
const load = (app: Type, environment: Record<string, string> = {}) =>
  loadApp(app, { stage: 'test', environment: { DATABASE_URL: 'postgres://u:p@localhost/x', ...environment }, secrets: new MemorySecretStore() })

describe('an application', () => {
  const harbour = appOf(bind(HarbourPort, async () => ({ implementation })))

  it("has the modules that it binds, and their configuration beside the platform's", async () => {
    const { implementations, values } = await load(harbour, { HARBOUR_PIERS: '5' })
    expect(implementations).toEqual([implementation])
    expect(values.get(HarbourConfig).piers).toBe(5)
  })

  it('does not begin with a wrong setting: those of platform and modules are named together', async () => {
    const failure = load(harbour, { HARBOUR_PIERS: '50', HTTP_PORT: 'eighty', RELAY_POL_MS: '1' })
    await expect(failure).rejects.toThrow(/RELAY_POL_MS[\s\S]*HTTP_PORT[\s\S]*HARBOUR_PIERS/)
  })

  it('does not begin with a port that has no module', async () => {
    await expect(load(appOf(bind(HarbourPort)))).rejects.toThrow('port harbour has no module in this process')
  })

  it('knows how many connections it takes: pools, two of its own, and one for each kind of job that it does', async () => {
    const pools = { DATABASE_POOL_SIZE: '10', QUEUE_POOL_SIZE: '5' }
    expect(connectionsOf(await load(harbour, pools))).toBe(10 + 5 + 2 + 2)
    expect(connectionsOf(await load(harbour, { ...pools, QUEUE_WORKERS: 'off' }))).toBe(10 + 5 + 2)
  })
})

import { config, MemorySecretStore, numberField } from '@kilomega/config'
import { bind, implement } from '@kilomega/messaging'
import { port } from '@kilomega/ports'
import { createUser } from '@nats-io/nkeys'
import { job, Runs } from '@kilomega/queue'
import { Module, type Type } from '@nestjs/common'
import { z } from 'zod'
import { bindingsReport } from './bindings-report.js'
import { connectionsOf } from './connections.js'
import { loadApp } from './loaded-app.js'

abstract class HarbourPort extends port('harbour', {}) {}
class HarbourService extends HarbourPort {}
class HarbourModule {}
abstract class PierPort extends port('pier', {}) {}
class PierService extends PierPort {}
const nats = { NATS_URL: 'nats://localhost:4222', NATS_SEED: Buffer.from(createUser().getSeed()).toString() }
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

  it("has the modules that it binds, and their configuration as well as the platform's", async () => {
    const { implementations, values } = await load(harbour, { HARBOUR_PIERS: '5' })
    expect(implementations).toEqual([implementation])
    expect(values.get(HarbourConfig).piers).toBe(5)
  })

  it('does not start with an invalid setting: those of platform and modules are reported together', async () => {
    const failure = load(harbour, { HARBOUR_PIERS: '50', HTTP_PORT: 'eighty', RELAY_POL_MS: '1' })
    await expect(failure).rejects.toThrow(/RELAY_POL_MS[\s\S]*HTTP_PORT[\s\S]*HARBOUR_PIERS/)
  })

  it('leaves the ports in REMOTE_PORTS to other processes, and does not import their modules', async () => {
    let imports = 0
    const both = appOf(
      bind(HarbourPort, async () => ({ implementation })),
      bind(PierPort, async () => ((imports += 1), { implementation: implement(PierPort, { module: HarbourModule, service: PierService }) })),
    )
    const { implementations } = await load(both, { ...nats, REMOTE_PORTS: 'pier' })
    expect(implementations).toEqual([implementation])
    expect(imports).toBe(0)
    expect((await load(both)).implementations).toHaveLength(2)
    expect(imports).toBe(1)
  })

  it('names the setting if REMOTE_PORTS does not fit it', async () => {
    const both = appOf(
      bind(HarbourPort, async () => ({ implementation })),
      bind(PierPort),
    )
    await expect(load(both)).rejects.toThrow('NATS_URL: is needed: other processes answer pier')
    await expect(load(both, { ...nats, REMOTE_PORTS: 'harbor' })).rejects.toThrow(
      'REMOTE_PORTS: harbor is none of the ports of this process: harbour, pier',
    )
    await expect(load(both, { ...nats, REMOTE_PORTS: 'harbour' })).rejects.toThrow('REMOTE_PORTS: leaves nothing that this process answers itself')
    await expect(load(harbour, { NATS_URL: nats.NATS_URL })).rejects.toThrow('NATS_SEED: is needed with NATS_URL')
    await expect(load(harbour, { ...nats, NATS_SEED: 'SUAWRONG' })).rejects.toThrow('NATS_SEED: is not the seed of an nkey user')
    await expect(load(harbour, { ...nats, NATS_TRUSTED_KEYS: 'UABC' })).rejects.toThrow('NATS_TRUSTED_KEYS: are not all public nkeys')
    await expect(load(harbour, { ...nats, NATS_KEY_FILE: '/key' })).rejects.toThrow('NATS_CERT_FILE: and NATS_KEY_FILE are needed together')
  })

  it('reports what it binds, whatever its settings', async () => {
    const both = appOf(
      bind(HarbourPort, async () => ({ implementation })),
      bind(PierPort),
    )
    expect(await bindingsReport(both)).toEqual({ answers: ['harbour'], asks: ['pier'], hears: [], ownsStream: false })
  })

  it('knows how many connections it opens: pools, three more, and one for each kind of job that it does', async () => {
    const pools = { DATABASE_POOL_SIZE: '10', QUEUE_POOL_SIZE: '5' }
    expect(connectionsOf(await load(harbour, pools))).toBe(10 + 5 + 3 + 2)
    expect(connectionsOf(await load(harbour, { ...pools, QUEUE_WORKERS: 'off' }))).toBe(10 + 5 + 3)
  })
})

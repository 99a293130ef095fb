import { setTimeout as wait } from 'node:timers/promises'
import { ProcessMetrics } from '@kilomega/observability'
import { configOf, RecordedSignals } from '../../test/server.js'
import { type Pair, startPair } from '../../test/standby.js'
import { Servers } from './servers.js'

const nowhere = '127.0.0.9'
const further = '127.0.0.8'

describe('A name of replicas', () => {
  let pair: Pair
  let servers: Servers | undefined
  let addresses: string[]
  const signals = new RecordedSignals()
  beforeAll(async () => {
    pair = await startPair()
  }, 60_000)
  afterAll(async () => {
    await servers?.close()
    await pair.close()
  })

  const hosts = () => servers!.all.slice(1).map(({ name }) => name.split(':')[0])
  const used = () => servers!.all.filter((server) => servers!.rotation.has(server)).map(({ name }) => name.split(':')[0])

  it('is looked up again: servers that it gets are used, those that it loses are left, whether they answer or not', async () => {
    const url = new URL(pair.standby.url.reveal())
    url.hostname = 'replicas.test'
    addresses = ['127.0.0.1', nowhere]
    const lookup = async () => addresses.map((address) => ({ address, family: 4 }))
    servers = new Servers(configOf(pair.primary, { DATABASE_REPLICAS: url.href }), signals, new ProcessMetrics(), lookup)
    await servers.open()
    expect(hosts()).toEqual(['127.0.0.1', nowhere])
    while (used().length === 0) await wait(50)
    expect(used()).toEqual(['127.0.0.1'])

    addresses = [further, nowhere]
    while (!hosts().includes(further)) await wait(50)
    expect(hosts()).toEqual([nowhere, further])
    expect(used()).toEqual([])
    expect(signals.of('database.replica-left-out')).toMatchObject([{ gone: true }])

    addresses = ['127.0.0.1', further]
    while (used().length === 0) await wait(50)
    expect(used()).toEqual(['127.0.0.1'])
  }, 30_000)
})

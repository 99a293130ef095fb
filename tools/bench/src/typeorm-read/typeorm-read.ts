import { join } from 'node:path'
import { bench, type OpenCase } from '../bench.js'
import { callCase } from '../load/call-case.js'
import { openTwoServers, type TwoServers } from './two-servers.js'

const open =
  (script: string, hasReplica: boolean) =>
  ({ primaryUrl, replicaUrl }: TwoServers): Promise<OpenCase> => {
    const environment = { DATABASE_URL: primaryUrl, ...(hasReplica && { DATABASE_REPLICAS: replicaUrl }) }
    return callCase({ script: join(import.meta.dirname, `${script}.js`), environment }, { callers: 16, batch: 1 })
  }

export const typeormRead = bench<TwoServers>({
  name: 'typeorm-read',
  about: 'findOneByOrFail() of a repository, by primary key, with 16 callers.',
  unit: 'call',
  roundMs: 2_000,
  warmUpMs: 2_000,
  steady: { case: 'typeorm', metric: 'cpuUs' },
  openWorld: openTwoServers,
  cases: [
    { name: 'typeorm', role: 'peer', about: 'TypeORM with one server', open: open('typeorm', false) },
    {
      name: 'typeorm-replication',
      role: 'peer',
      about: 'TypeORM with its own replication: any replica, however old its data',
      open: open('typeorm', true),
    },
    { name: 'ours', role: 'ours', about: 'an injected repository within a query, one server', open: open('ours', false) },
    { name: 'ours-replica', role: 'ours', about: 'the same with a replica, which has everything its caller has written', open: open('ours', true) },
  ],
  goals: [
    {
      id: 'G-h1',
      what: 'CPU of ours with a replica / ours with one server',
      atMost: 1.1,
      figure: (results) => results.ratio('ours-replica', 'ours', 'cpuUs'),
    },
  ],
  remarks: (results) => [
    `CPU of ours / TypeORM: ${results.ratio('ours', 'typeorm', 'cpuUs').toFixed(2)}; TypeORM alone has no deadline, no limits, no metrics, and plans each statement anew`,
  ],
})

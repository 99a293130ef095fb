import { config, givenSecret, numberField } from '@kilomega/config'
import { z } from 'zod'

const connectionString = () => givenSecret(z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'a connection string begins with postgres://'))

export abstract class DatabaseConfig extends config('DATABASE', {
  url: connectionString().describe('Connection string of the PostgreSQL server, 18 or later: postgres://user:password@host:port/database'),
  poolSize: numberField({ min: 1, max: 200 })
    .default(20)
    .describe(
      'Connections of this process at most; from 4 on a quarter is kept for reads and a quarter for writes. The pools of all processes together stay under max_connections of the server',
    ),
  connectTimeoutMs: numberField({ min: 50, max: 60_000 })
    .default(2_000)
    .describe('How long work waits for a connection before it is refused as unavailable, milliseconds'),
  startWaitMs: numberField({ min: 0, max: 600_000 })
    .default(30_000)
    .describe('How long a process that starts waits for a server that takes no connections yet, milliseconds; 0: it ends at once'),
  idleTimeoutMs: numberField({ min: 1_000, max: 3_600_000 })
    .default(600_000)
    .describe(
      'How long an unused connection is kept, milliseconds. A burst that finds none waits for new ones, and each costs the two machines some 20 ms of CPU',
    ),
  statementTimeoutMs: numberField({ min: 100, max: 3_600_000 })
    .default(30_000)
    .describe('What one statement may take where no call sets a nearer deadline, milliseconds'),
  idleTransactionTimeoutMs: numberField({ min: 1_000, max: 3_600_000 })
    .default(10_000)
    .describe('The server ends a transaction that has said nothing for this long, milliseconds, because its locks hold up others'),
  slowStatementMs: numberField({ min: 1, max: 60_000 })
    .default(100)
    .describe('A statement that takes longer is logged with its plan, never with its parameters, milliseconds'),
}) {}

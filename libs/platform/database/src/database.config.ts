import { config, givenSecret, numberField } from '@kilomega/config'
import { z } from 'zod'

const connectionString = () => givenSecret(z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'a connection string starts with postgres://'))

const connectionStrings = () =>
  givenSecret(z.string().regex(/^(postgres(ql)?:\/\/[^\s,]+[\s,]*)+$/, 'each connection string starts with postgres://'))

export abstract class DatabaseConfig extends config('DATABASE', {
  url: connectionString().describe('Connection string of the PostgreSQL server, 18 or later: postgres://user:password@host:port/database'),
  poolerUrl: connectionString()
    .optional()
    .describe(
      'Connection string of a pooler in transaction mode, such as PgBouncer, before the server at DATABASE_URL: statements go through it. What needs a session of its own goes to DATABASE_URL: notifications, migrations, the queue and health',
    ),
  replicas: connectionStrings()
    .optional()
    .describe(
      'Connection strings of streaming replicas, separated by spaces or commas. They answer reads; each may become the primary, and the first server a replica. A host name with several addresses stands for a replica at each, and is looked up again every 5 s',
    ),
  replicaMaxLagMs: numberField({ min: 100, max: 50_000 })
    .default(10_000)
    .describe('A replica that is further behind than this, in milliseconds, answers no reads'),
  poolSize: numberField({ min: 1, max: 200 })
    .default(20)
    .describe(
      'Largest number of connections of this process to one server; from 4 on, a quarter is reserved for the reads of requests and a quarter for their writes. Keep the sum over all processes below max_connections of the server',
    ),
  connectTimeoutMs: numberField({ min: 50, max: 60_000 })
    .default(2_000)
    .describe('How long work waits for a connection before it is refused as unavailable, in milliseconds'),
  startWaitMs: numberField({ min: 0, max: 600_000 })
    .default(30_000)
    .describe('How long a starting process waits for a server that does not accept connections yet, in milliseconds; with 0 it exits at once'),
  idleTimeoutMs: numberField({ min: 1_000, max: 3_600_000 })
    .default(600_000)
    .describe(
      'How long an unused connection is kept, in milliseconds. Without one, a burst of work waits for new connections, and each costs the two machines some 20 ms of CPU',
    ),
  statementTimeoutMs: numberField({ min: 100, max: 3_600_000 })
    .default(30_000)
    .describe('How long one statement may take if no call sets an earlier deadline, in milliseconds'),
  idleTransactionTimeoutMs: numberField({ min: 1_000, max: 3_600_000 })
    .default(10_000)
    .describe('The server ends a transaction that has been idle for this long, in milliseconds, because its locks block others'),
  slowStatementMs: numberField({ min: 1, max: 60_000 })
    .default(100)
    .describe('A statement that takes longer than this, in milliseconds, is logged with its plan, never with its parameters'),
}) {}

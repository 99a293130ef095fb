import { inSchema } from '@kilomega/messaging'

const ledger = [
  `INSERT INTO {schema}.outbox (id, name, payload, request_id) SELECT uuidv7(), 'seed.happened-' || n % 5, '{}', 'seed' FROM generate_series(1, 10000) AS n`,
  `INSERT INTO {schema}.inbox (subscriber, event_id) SELECT 'seed.subscriber-' || n % 5, uuidv7() FROM generate_series(1, 10000) AS n`,
  `INSERT INTO {schema}.delivery (subscriber, event_id, state)
   SELECT 'seed.subscriber-' || row_number() OVER (ORDER BY id) % 5, id, 'pending' FROM {schema}.outbox ORDER BY id LIMIT 5000`,
  `INSERT INTO {schema}.dead_letter (subscriber, event_id, attempts, reason) SELECT 'seed.subscriber-' || n % 5, uuidv7(), 3, 'reason' FROM generate_series(1, 2000) AS n`,
  `INSERT INTO {schema}.command_receipt (key, principal, operation, input_hash, created_at)
   SELECT 'key ' || n, 'user:' || n % 1000, 'seed.do', 'hash', now() - n * interval '1 minute' FROM generate_series(1, 10000) AS n`,
]

/** The statements that fill the ledger of each module. */
export const ledgerSeeds = (schemas: readonly string[]): string[] =>
  schemas.flatMap((schema) => ledger.map((statement) => inSchema(statement, schema)))

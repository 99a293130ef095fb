import { config, numberField } from '@kilomega/config'

export abstract class RelayConfig extends config('RELAY', {
  pollMs: numberField({ min: 50, max: 60_000 })
    .default(1_000)
    .describe('How often the relay looks for owed deliveries when nothing wakes it, milliseconds'),
  leaseMs: numberField({ min: 1_000, max: 600_000 })
    .default(30_000)
    .describe('How long a claimed delivery belongs to one process; after a crash it is delivered again when this has passed, milliseconds'),
  maxAttempts: numberField({ min: 1, max: 100 }).default(12).describe('Deliveries of one event to one subscriber before it becomes a dead letter'),
  backoffMs: numberField({ min: 1, max: 60_000 })
    .default(1_000)
    .describe('Wait before the second delivery, milliseconds; it doubles with each further one up to 15 minutes, with full jitter'),
  confirmMs: numberField({ min: 100, max: 900_000 })
    .default(60_000)
    .describe(
      'With NATS: what the stream was given and nobody has crossed out in the ledger after this long is given to it again, milliseconds; later each time, as the event grows old, up to 15 minutes',
    ),
  canaryMs: numberField({ min: 0, max: 3_600_000 })
    .default(30_000)
    .describe('How often every queue and every consumer of events is asked, end to end, whether somebody is there, milliseconds; 0 asks nobody'),
  keepDays: numberField({ min: 1, max: 365 })
    .default(7)
    .describe(
      'How long events that everybody has heard stay in the outbox, days; what subscribers and commands have done is remembered twice as long',
    ),
}) {}

import { config, numberField } from '@kilomega/config'

export abstract class RelayConfig extends config('RELAY', {
  pollMs: numberField({ min: 50, max: 60_000 })
    .default(1_000)
    .describe('How often the relay looks for due deliveries when nothing wakes it, milliseconds'),
  leaseMs: numberField({ min: 1_000, max: 600_000 })
    .default(30_000)
    .describe('How long a claimed delivery belongs to one process; after a crash it is delivered again when this has passed, milliseconds'),
  maxAttempts: numberField({ min: 1, max: 1_000 })
    .default(34)
    .describe('Tries of one delivery that may fail before it becomes a dead letter; with the waits below, 34 take about a day'),
  backoffMs: numberField({ min: 1, max: 60_000 })
    .default(2_000)
    .describe('Wait before the second try of a delivery, milliseconds; it doubles with each further one, with full jitter'),
  maxBackoffMs: numberField({ min: 1, max: 86_400_000 })
    .default(7_200_000)
    .describe('The longest wait between two tries of a delivery, milliseconds: 2 hours, so that what was mended is noticed the same day'),
  maxLostLeases: numberField({ min: 1, max: 100 })
    .default(3)
    .describe(
      'Times that a process may end or hang while it delivers one event, before that event is a dead letter; after the first it is delivered alone',
    ),
  pauseMs: numberField({ min: 1_000, max: 3_600_000 })
    .default(60_000)
    .describe(
      'How long a subscriber waits at most before it tries again whether something that was unavailable is there, milliseconds; such tries are not counted',
    ),
  confirmMs: numberField({ min: 100, max: 900_000 })
    .default(30_000)
    .describe('With NATS: what the stream has not brought to its subscriber after this long is claimed from the ledger, milliseconds'),
  canaryMs: numberField({ min: 0, max: 3_600_000 })
    .default(30_000)
    .describe('How often every queue and every consumer of events is asked, end to end, whether somebody is there, milliseconds; 0 asks nobody'),
  keepDays: numberField({ min: 1, max: 365 })
    .default(7)
    .describe(
      'How long events that everybody has heard stay in the outbox, days; what subscribers and commands have done is remembered twice as long',
    ),
}) {}

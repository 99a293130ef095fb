import { AnyTime, Time } from '@kilomega/contracts'
import { Body, Params, Query, Route, Routes } from '@kilomega/http'
import { Canaries, LedgerOperations } from '@kilomega/messaging'
import { QueueOperations } from '@kilomega/queue'
import { z } from 'zod'

const QueueView = z.object({
  name: z.string(),
  waiting: z.int(),
  active: z.int(),
  delayed: z.int(),
  paused: z.boolean(),
  backlog: z.int(),
  oldestMs: z.number(),
  dead: z.int(),
})
const Lag = z.object({ schema: z.string(), subscriber: z.string(), backlog: z.int(), oldestMs: z.number(), dead: z.int() })
const SubscriberView = Lag.omit({ oldestMs: true }).extend({ silentMs: z.number().optional() })
const DeadLetter = z.object({
  schema: z.string(),
  subscriber: z.string(),
  id: z.uuid(),
  name: z.string(),
  attempts: z.int(),
  code: z.string(),
  reason: z.string(),
  diedAt: Time,
})
const Subscriber = z.string().min(1).max(200)
const DeadQuery = z.object({ subscriber: Subscriber.optional(), limit: z.int().min(1).max(1_000).default(100) })
const DeadChoice = z
  .object({
    subscriber: Subscriber.optional(),
    id: z.uuid().optional(),
    code: z.string().min(1).max(100).optional(),
    from: AnyTime.optional(),
    to: AnyTime.optional(),
  })
  .refine((choice) => Object.values(choice).some((value) => value !== undefined), 'Name at least one of subscriber, id, code, from and to')
const choiceOf = ({ from, to, ...choice }: z.output<typeof DeadChoice>) => ({
  ...choice,
  ...(from && { from: new Date(from) }),
  ...(to && { to: new Date(to) }),
})
const Span = z.object({
  from: AnyTime,
  to: AnyTime,
  schema: z.string().max(63).optional(),
  eventName: z.string().max(200).optional(),
  subscriber: Subscriber.optional(),
})
const QueueName = z.object({ name: z.string().min(1).max(200) })
const Count = z.object({ count: z.int() })

const inside = { access: 'admin', listeners: ['internal'] } as const

/** Operators' actions on queues and outboxes; each change is recorded in the ledger. Each module has a ledger of its own: the budgets are for 20 modules. */
@Routes('Queues and outboxes, for operators')
export class OperationsController {
  constructor(
    private readonly ledger: LedgerOperations,
    private readonly queueOperations: QueueOperations,
    private readonly canaries: Canaries,
  ) {}

  @Route({
    ...inside,
    method: 'GET',
    path: '/operations/queues',
    summary: 'Lists queues and their waiting jobs',
    budget: { queries: 21, bytes: 8_000 },
    answer: z.object({ items: z.array(QueueView) }),
  })
  async queues() {
    return { items: await this.queueOperations.list() }
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/queues/:name/pause',
    summary: 'Pauses a kind of job',
    budget: { queries: 22, bytes: 0 },
    params: QueueName,
    status: 204,
  })
  pause(@Params() { name }: z.output<typeof QueueName>) {
    return this.queueOperations.pause(name)
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/queues/:name/resume',
    summary: 'Resumes a kind of job',
    budget: { queries: 22, bytes: 0 },
    params: QueueName,
    status: 204,
  })
  resume(@Params() { name }: z.output<typeof QueueName>) {
    return this.queueOperations.resume(name)
  }

  @Route({
    ...inside,
    method: 'GET',
    path: '/operations/dead-letters',
    summary: 'Lists dead letters, newest first',
    budget: { queries: 21, bytes: 28_000 },
    query: DeadQuery,
    answer: z.object({ items: z.array(DeadLetter) }),
  })
  async deadLetters(@Query() query: z.output<typeof DeadQuery>) {
    return { items: await this.ledger.deadLetters(query) }
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/dead-letters/retries',
    summary: 'Retries dead letters, selected by subscriber, error code or time, such as that of an outage',
    budget: { queries: 21, bytes: 1_000 },
    body: DeadChoice,
    answer: Count,
  })
  async retry(@Body() choice: z.output<typeof DeadChoice>) {
    return { count: await this.ledger.retry(choiceOf(choice)) }
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/dead-letters/removals',
    summary: 'Removes dead letters permanently',
    budget: { queries: 22, bytes: 1_000 },
    body: DeadChoice,
    answer: Count,
  })
  async discard(@Body() choice: z.output<typeof DeadChoice>) {
    return { count: await this.ledger.discard(choiceOf(choice)) }
  }

  @Route({
    ...inside,
    method: 'GET',
    path: '/operations/lags',
    summary: 'Lists how far each subscriber is behind',
    budget: { queries: 21, bytes: 15_000 },
    answer: z.object({ items: z.array(Lag) }),
  })
  async lags() {
    return { items: await this.ledger.lags() }
  }

  @Route({
    ...inside,
    method: 'GET',
    path: '/operations/subscribers',
    summary: 'Lists registered subscribers, and since when no process has answered for them',
    budget: { queries: 41, bytes: 14_000 },
    answer: z.object({ items: z.array(SubscriberView) }),
  })
  async subscribers() {
    const lags = await this.ledger.lags()
    const late = await this.canaries.late([...new Set(lags.map(({ schema }) => schema))])
    const silent = new Map(late.map(({ subscriber, ageMs }) => [subscriber, { silentMs: ageMs }]))
    return { items: lags.map(({ oldestMs: _, ...lag }) => ({ ...lag, ...silent.get(lag.subscriber) })) }
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/subscribers/removals',
    summary: 'Removes a subscriber that no process handles any more, with its deliveries',
    budget: { queries: 24, bytes: 1_000 },
    body: z.object({ subscriber: Subscriber }),
    answer: z.object({ deliveries: z.int() }),
  })
  remove(@Body() { subscriber }: { subscriber: string }) {
    return this.ledger.removeSubscriber(subscriber)
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/replays',
    summary: 'Delivers the events of a period again',
    budget: { queries: 21, bytes: 1_000 },
    body: Span,
    answer: Count,
  })
  async replay(@Body() span: z.output<typeof Span>) {
    return { count: await this.ledger.replay(spanOf(span)) }
  }

  @Route({
    ...inside,
    method: 'POST',
    path: '/operations/replays/counts',
    summary: 'Counts the events that a replay would deliver, without changing anything',
    budget: { queries: 21, bytes: 1_000 },
    body: Span,
    answer: Count,
  })
  async countReplay(@Body() span: z.output<typeof Span>) {
    return { count: await this.ledger.countReplay(spanOf(span)) }
  }
}

const spanOf = ({ from, to, ...choice }: z.output<typeof Span>) => ({ from: new Date(from), to: new Date(to), ...choice })

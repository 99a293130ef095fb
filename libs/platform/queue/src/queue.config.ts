import { booleanField, config, numberField } from '@kilomega/config'
import { z } from 'zod'

export abstract class QueueConfig extends config('QUEUE', {
  backend: z.enum(['postgres']).default('postgres').describe('Where jobs wait: in the database that holds everything else'),
  workers: booleanField().default(true).describe('Whether this process does jobs; one that does not still asks for them'),
  poolSize: numberField({ min: 2, max: 100 }).default(6).describe('Connections for queues, besides one for each kind of job that this process does'),
  lockMs: numberField({ min: 1_000, max: 600_000 })
    .default(30_000)
    .describe('A job whose worker has not been heard of for this long is started again, milliseconds'),
}) {}

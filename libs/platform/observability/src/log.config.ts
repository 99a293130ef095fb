import { config } from '@kilomega/config'
import { z } from 'zod'

export abstract class LogConfig extends config('LOG', {
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('The lowest level that is logged'),
  format: z
    .enum(['auto', 'json', 'text'])
    .default('auto')
    .describe('json: one object per line, for machines. text: one line for people. auto: text in development, json elsewhere'),
}) {}

import { config, givenSecret } from '@kilomega/config'
import { z } from 'zod'

/** Where the command line finds the API, and with which token it calls it. */
export abstract class KmConfig extends config('KILOMEGA', {
  url: z.url().default('http://127.0.0.1:3000').describe('The public address of the API'),
  internalUrl: z.url().default('http://127.0.0.1:3001').describe('The internal address of the API: health details, captured mail, promotions'),
  folder: z.string().default('.').describe('The folder that contains .kilomega; by default the repository'),
  install: z.enum(['yes', 'no']).default('yes').describe('no: nothing is ever installed on this machine, whatever the options of km up'),
  token: givenSecret(z.string().min(16))
    .optional()
    .describe("An admin's access token; without it that of km login or the operator's of a development server here is used"),
}) {}

import { z } from 'zod'
import { config } from './config-slice.js'

/** What several modules say of the product: in mails and notices, and where a password may not be its name. */
export abstract class ProductConfig extends config('PRODUCT', {
  name: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[\p{L}\p{N} .&'-]+$/u)
    .default('Kilomega')
    .describe('What mails and notices call the product; no password may be little more than that'),
}) {}

import { z } from 'zod'
import { config } from './config-slice.js'

/** Facts about the product that several modules use: in mails and notices, and to refuse passwords that are little more than its name. */
export abstract class ProductConfig extends config('PRODUCT', {
  name: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[\p{L}\p{N} .&'-]+$/u)
    .default('Kilomega')
    .describe('Name of the product in mails and notices; passwords that are little more than this name are refused'),
}) {}

import { config } from '@kilomega/config'
import { z } from 'zod'

export abstract class StorageConfig extends config('STORAGE', {
  driver: z.enum(['disk']).default('disk').describe('Where objects (uploads, renditions) are stored'),
  folder: z.string().min(1).default('.kilomega/objects').describe('Folder of the disk driver; all of it must be on one filesystem'),
}) {}

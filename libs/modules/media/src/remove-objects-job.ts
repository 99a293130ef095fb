import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

export const RemoveObjects = job('media.remove-objects', z.object({ mediaId: Id }))

import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

export const RemovePostsOfAccount = job('content.remove-posts-of-account', z.object({ accountId: Id }))

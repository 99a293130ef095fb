import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

/** 12 starts take some 45 minutes: what is broken on our side may be mended by then. The time is more than the renderer ever takes. */
export const MakeRenditions = job('media.make-renditions', z.object({ mediaId: Id }), { attempts: 12, backoffMs: 1_000, timeoutMs: 700_000 })

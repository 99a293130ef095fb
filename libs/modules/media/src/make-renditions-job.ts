import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

/** Places in the line of one owner that are told apart. */
const maxPlace = 1_000

/** 12 starts take some 45 minutes: what is broken on our side may be mended by then. The time is more than the renderer ever takes. */
export const MakeRenditions = job('media.make-renditions', z.object({ mediaId: Id }), { attempts: 12, backoffMs: 1_000, timeoutMs: 700_000 })

/** Whose turn it is: the first picture of every owner before anybody's second, so that who uploads many keeps nobody waiting. */
export const turnOf = (place: number): { priority: number } => ({ priority: Math.min(Math.max(place, 1), maxPlace) })

/** Of a job that was forgotten: nobody knows any more what came before it. */
export const lastTurn = turnOf(maxPlace)

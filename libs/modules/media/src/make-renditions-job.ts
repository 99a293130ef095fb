import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

/** The largest position in an owner's queue that is distinguished. */
export const maxPlace = 1_000

/** 12 attempts take some 45 minutes, in which a fault on our side may be fixed. The timeout is longer than the renderer ever takes. */
export const MakeRenditions = job('media.make-renditions', z.object({ mediaId: Id }), { attempts: 12, backoffMs: 1_000, timeoutMs: 700_000 })

/** The turn of a picture: the first of every owner comes before any owner's second, so that an owner of many pictures delays no others. */
export const turnOf = (place: number): { priority: number } => ({ priority: Math.min(Math.max(place, 1), maxPlace) })

/** For a job that was lost: its original position is no longer known. */
export const lastTurn = turnOf(maxPlace)

import { event } from '@kilomega/ports'
import { z } from 'zod'
import { Id, Time } from './values.js'

/** The content of a published post: everything an index needs, so that no subscriber has to ask for more. */
const PublishedPost = z.object({
  id: Id,
  /** Grows with every change. A subscriber keeps the highest version it has seen, since order is not guaranteed. */
  version: z.int(),
  authorId: Id,
  title: z.string(),
  body: z.string(),
  category: z.string().nullable(),
  tags: z.array(z.string()),
  mediaIds: z.array(Id),
  publishedAt: Time,
})

export const PostPublished = event('content.post-published', PublishedPost)
/** The content of a published post has changed. Changes to drafts are not announced. */
export const PostChanged = event('content.post-changed', PublishedPost)
/** A published post has been removed. */
export const PostRemoved = event('content.post-removed', z.object({ id: Id, version: z.int(), authorId: Id, mediaIds: z.array(Id) }))

const Account = z.object({ accountId: Id })
/** Somebody wants to register: the address must be confirmed. */
export const AccountRegistered = event('identity.account-registered', Account)
/** Somebody registered an address that already has an account: its owner is notified. */
export const RegistrationRepeated = event('identity.registration-repeated', Account)
export const AccountVerified = event('identity.account-verified', Account)
export const PasswordResetRequested = event('identity.password-reset-requested', Account)
export const PasswordChanged = event('identity.password-changed', Account)

/** An account is gone for good: whoever holds something of it removes that. */
export const AccountDeleted = event('identity.account-deleted', Account)
/**
 * How long after that something of the account may still arrive, milliseconds: what a request had begun, or an event that was told before and is heard later. So
 * whoever removes things looks a second time after it. Less than the five minutes after which what waits is called late.
 */
export const deletedAccountSettlesMs = 4 * 60_000

const OwnedMedia = z.object({ id: Id, ownerId: Id })
export const MediaReady = event('media.media-ready', OwnedMedia)
export const MediaFailed = event('media.media-failed', OwnedMedia.extend({ reason: z.string() }))

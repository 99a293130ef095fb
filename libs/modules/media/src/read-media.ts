import type { Media } from '@kilomega/contracts'
import type { Queryable } from '@kilomega/database'
import { currentCall } from '@kilomega/ports'

type MediaRow = Omit<Media, 'reason'> & { reason: string | null }

/** A picture is public if its owner shows it in a published post; another user's post does not make it public. */
const select = `
  SELECT id, owner_id AS "ownerId", status, reason, alt, width, height, thumbhash, renditions, created_at AS "createdAt",
    EXISTS (SELECT FROM media.published_post AS post WHERE post.media_ids @> ARRAY[media.id] AND post.author_id = media.owner_id) AS public
  FROM media.media`
const byId = select + ' WHERE id = $1'
const byUploadKey = select + ' WHERE upload_key = $1'

export const mediaById = (queryable: Queryable, id: string): Promise<Media | undefined> => visible(queryable.query<MediaRow>(byId, [id]))

export const mediaOfUpload = (queryable: Queryable, uploadKey: string): Promise<Media | undefined> =>
  visible(queryable.query<MediaRow>(byUploadKey, [uploadKey]))

/** Media that the caller may not see do not exist for them. */
async function visible(rows: Promise<MediaRow[]>): Promise<Media | undefined> {
  const [row] = await rows
  if (row === undefined || !(row.public || isOwn(row))) return undefined
  const { reason, ...media } = row
  return reason === null ? media : { ...media, reason }
}

function isOwn({ ownerId }: MediaRow): boolean {
  const { actor } = currentCall()
  return actor.kind === 'system' || (actor.kind === 'user' && actor.id === ownerId)
}

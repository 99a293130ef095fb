import { migration } from '@kilomega/database'

/** All pictures of an owner are looked for when the account is deleted. */
const mediaOfOwner = `CREATE INDEX media_of_owner ON media.media (owner_id)`

/** A post that shows no pictures is nobody's here: its row only says which news of it are old. */
const authorMayBeUnknown = `ALTER TABLE media.published_post ALTER COLUMN author_id DROP NOT NULL`
const forgetAuthors = `UPDATE media.published_post SET author_id = NULL WHERE media_ids = '{}'`

export const indexMediaOfOwner = migration('202611291320-index-media-of-owner', mediaOfOwner, authorMayBeUnknown, forgetAuthors)

import { migration } from '@kilomega/database'

/** How many pictures of an owner wait is counted at each upload. */
const unfinishedOfOwner = `CREATE INDEX unfinished_of_owner ON media.media (owner_id) WHERE status = 'processing'`

export const indexUnfinishedOfOwner = migration('202611290100-index-unfinished-of-owner', unfinishedOfOwner)

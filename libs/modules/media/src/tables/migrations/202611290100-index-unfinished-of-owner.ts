import { migration } from '@kilomega/database'

/** Each upload counts its owner's unfinished pictures. */
const unfinishedOfOwner = `CREATE INDEX unfinished_of_owner ON media.media (owner_id) WHERE status = 'processing'`

export const indexUnfinishedOfOwner = migration('202611290100-index-unfinished-of-owner', unfinishedOfOwner)

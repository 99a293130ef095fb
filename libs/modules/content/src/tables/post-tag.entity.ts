import { rfc3339 } from '@kilomega/database'
import { Entity, PrimaryColumn } from 'typeorm'

/**
 * A tag of a published post. A GIN index on the tags of posts finds them too, but not in order of time: the 30,000 posts of a tag would be sorted for every
 * page.
 */
@Entity({ schema: 'content', name: 'post_tag' })
export class PostTag {
  @PrimaryColumn('text')
  tag!: string

  @PrimaryColumn('timestamptz', { name: 'published_at', precision: 3, transformer: rfc3339 })
  publishedAt!: string

  @PrimaryColumn('uuid')
  id!: string
}

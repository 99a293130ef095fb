import type { Rendition } from '@kilomega/contracts'
import { rfc3339 } from '@kilomega/database'
import { Check, Column, Entity, Index, PrimaryColumn, Raw, Unique, VirtualColumn } from 'typeorm'

export type MediaStatus = 'processing' | 'ready' | 'failed'

/** As a condition on the status. Written into the text, because with a parameter a prepared plan does not use the indexes of unfinished media. */
export const unfinished = Raw((status) => status + " = 'processing'")

/** Read by the GIN index on the pictures of posts. */
const isShownByOwner = (alias: string): string =>
  'SELECT EXISTS (SELECT FROM media.published_post AS post WHERE post.media_ids @> ARRAY[' +
  alias +
  '.id] AND post.author_id = ' +
  alias +
  '.owner_id)'

/** An accepted upload and its state: `processing`, then `ready` or `failed`, once. */
@Entity({ schema: 'media', name: 'media' })
@Check('media_status_check', `status IN ('processing', 'ready', 'failed')`)
@Check('media_check', `(reason IS NULL) = (status <> 'failed')`)
@Unique('media_upload_key_key', ['uploadKey'])
@Index('unfinished_media', ['queuedAt'], { where: `status = 'processing'` })
@Index('unfinished_of_owner', ['ownerId'], { where: `status = 'processing'` })
@Index('media_of_owner', ['ownerId'])
export class Media {
  @PrimaryColumn('uuid')
  id!: string

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string

  /** Its place in quarantine, by which a repeated upload is recognised. */
  @Column('text', { name: 'upload_key' })
  uploadKey!: string

  @Column('text', { default: 'processing' })
  status!: MediaStatus

  @Column('text', { nullable: true })
  reason!: string | null

  @Column('text', { nullable: true })
  alt!: string | null

  @Column('integer', { nullable: true })
  width!: number | null

  @Column('integer', { nullable: true })
  height!: number | null

  @Column('text', { nullable: true })
  thumbhash!: string | null

  @Column('jsonb', { default: [] })
  renditions!: Rendition[]

  @Column('integer', { name: 'renderer_deaths', default: 0 })
  rendererDeaths!: number

  @Column('timestamptz', { name: 'queued_at' })
  queuedAt!: Date

  @Column({ type: 'timestamptz', name: 'created_at', transformer: rfc3339 })
  createdAt!: string

  /** Its owner shows it in a published post; another user's post does not make it public. */
  @VirtualColumn({ type: 'boolean', query: isShownByOwner })
  readonly public!: boolean
}

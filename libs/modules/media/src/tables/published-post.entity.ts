import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/**
 * The media that a published post shows, by the newest version received. A removed post stays without media and author, so that late events about it are
 * recognised as old.
 */
@Entity({ schema: 'media', name: 'published_post' })
@Index('published_media', { synchronize: false })
export class PublishedPost {
  @PrimaryColumn('uuid')
  id!: string

  @Column('integer')
  version!: number

  @Column('uuid', { name: 'author_id', nullable: true })
  authorId!: string | null

  @Column('uuid', { name: 'media_ids', array: true })
  mediaIds!: string[]
}

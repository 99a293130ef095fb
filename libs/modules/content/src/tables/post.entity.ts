import { rfc3339 } from '@kilomega/database'
import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm'

/** A post. A draft has no `publishedAt`. A removed post keeps its row without its text, so that an import does not bring it back. */
@Entity({ schema: 'content', name: 'post' })
@Check('post_check', '(removed_at IS NULL) OR (published_at IS NULL)')
@Index('post_import_key', ['authorId', 'importKey'], { unique: true, where: 'import_key IS NOT NULL' })
@Index('post_newest', ['publishedAt', 'id'], { where: 'published_at IS NOT NULL' })
@Index('post_by_author', ['authorId', 'publishedAt', 'id'], { where: 'published_at IS NOT NULL' })
@Index('post_by_category', ['category', 'publishedAt', 'id'], { where: 'published_at IS NOT NULL' })
@Index('post_drafts', ['authorId', 'createdAt', 'id'], { where: 'published_at IS NULL AND removed_at IS NULL' })
@Index('post_removed_of_author', ['authorId'], { where: 'removed_at IS NOT NULL' })
export class Post {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string

  @Column('uuid', { name: 'author_id' })
  authorId!: string

  /** The key of an imported document, by which a repeated import recognises it. */
  @Column('text', { name: 'import_key', nullable: true })
  importKey!: string | null

  @Column('text')
  title!: string

  @Column('text')
  body!: string

  @Column('text', { nullable: true })
  category!: string | null

  @Column('text', { array: true, default: () => "'{}'" })
  tags!: string[]

  @Column('uuid', { name: 'media_ids', array: true, default: () => "'{}'" })
  mediaIds!: string[]

  @VersionColumn({ default: 1 })
  version!: number

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', precision: 3, transformer: rfc3339 })
  createdAt!: string

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz', precision: 3, transformer: rfc3339 })
  updatedAt!: string

  @Column({ type: 'timestamptz', name: 'published_at', precision: 3, nullable: true, transformer: rfc3339 })
  publishedAt!: string | null

  @Column({ type: 'timestamptz', name: 'removed_at', precision: 3, nullable: true, transformer: rfc3339 })
  removedAt!: string | null
}

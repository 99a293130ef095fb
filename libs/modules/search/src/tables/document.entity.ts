import { rfc3339 } from '@kilomega/database'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A published post as search knows it; a removal keeps its row without text, so that late events about it are recognised as old. */
@Entity({ schema: 'search', name: 'document' })
@Check('document_check', '(removed_at IS NOT NULL) OR ((author_id IS NOT NULL) AND (published_at IS NOT NULL) AND (vector IS NOT NULL))')
@Index('document_vector', { synchronize: false })
@Index('document_title_vector', { synchronize: false })
@Index('document_newest', ['publishedAt', 'id'], { where: 'removed_at IS NULL' })
@Index('document_removed', ['removedAt'], { where: 'removed_at IS NOT NULL' })
export class Document {
  @PrimaryColumn('uuid')
  id!: string

  @Column('int')
  version!: number

  @Column('uuid', { name: 'author_id', nullable: true })
  authorId!: string | null

  @Column('text', { default: '' })
  title!: string

  /** The source of fragments and of counted words. */
  @Column('text', { default: '' })
  opening!: string

  @Column('text', { nullable: true })
  category!: string | null

  @Column('text', { array: true, default: () => "'{}'" })
  tags!: string[]

  @Column({ type: 'timestamptz', name: 'published_at', precision: 3, nullable: true, transformer: rfc3339 })
  publishedAt!: string | null

  @Column({ type: 'timestamptz', name: 'removed_at', precision: 3, nullable: true, transformer: rfc3339 })
  removedAt!: string | null

  /** Also contains category, tags and author as lexemes, so that a filter is one more posting list of the same index. */
  @Column('tsvector', { nullable: true, select: false })
  vector!: string | null

  @Column('tsvector', { name: 'title_vector', nullable: true, select: false })
  titleVector!: string | null
}

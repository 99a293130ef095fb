import { Column, Entity, PrimaryColumn } from 'typeorm'

/** The same rows, mapped as a Nest team would map them. */
@Entity({ schema: 'content', name: 'post' })
export class TypeormPost {
  @PrimaryColumn('uuid') id!: string
  @Column('uuid', { name: 'author_id' }) authorId!: string
  @Column('text') title!: string
  @Column('text', { name: 'body' }) excerpt!: string
  @Column('text', { nullable: true }) category!: string | null
  @Column('text', { array: true }) tags!: string[]
  @Column('integer') version!: number
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date
  @Column('timestamptz', { name: 'published_at', nullable: true }) publishedAt!: Date | null
}

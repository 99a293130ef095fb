import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

/** The changes to counts by a batch of documents, one row per batch: writers never wait for each other because of a common word. */
@Entity({ schema: 'search', name: 'lexicon_change' })
export class LexiconChange {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string

  @Column('text', { array: true })
  words!: string[]

  @Column('int', { array: true })
  documents!: number[]
}

import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A known word, and in how many documents it occurs. Ordered by bytes, so that a range is a prefix. */
@Entity({ schema: 'search', name: 'lexicon' })
export class LexiconWord {
  @PrimaryColumn('text', { collation: 'C' })
  word!: string

  @Column('int')
  documents!: number
}

import { Column, Entity, PrimaryColumn, type Repository } from 'typeorm'

@Entity({ schema: 'bench', name: 'note' })
export class Note {
  @PrimaryColumn('int')
  id!: number

  @Column('text')
  title!: string

  @Column('text')
  body!: string

  @Column('timestamptz', { name: 'written_at' })
  writtenAt!: Date
}

let turn = 0

/** One note by its id, another one each time. */
export const findNote = (notes: Repository<Note>) => (): Promise<unknown> => notes.findOneByOrFail({ id: (turn = (turn + 1) % 1_000) })

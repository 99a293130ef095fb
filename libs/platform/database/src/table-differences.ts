import type { Secret } from '@kilomega/config'
import { DataSource } from 'typeorm'
import type { Entity } from './entity-source.js'

/**
 * The statements that would make the tables of a database what its entities declare, as TypeORM's schema builder writes them; none if they agree. Nothing is
 * changed. It compares columns, keys, unique constraints, and the names and columns of indexes and checks; not the conditions of indexes and checks.
 */
export async function tableDifferences(url: Secret, entities: readonly Entity[]): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    url: url.reveal(),
    entities: [...entities],
    synchronize: false,
    installExtensions: false,
    logging: false,
  })
  await source.initialize()
  try {
    const { upQueries } = await source.driver.createSchemaBuilder().log()
    return upQueries.map(({ query }) => query)
  } finally {
    await source.destroy()
  }
}

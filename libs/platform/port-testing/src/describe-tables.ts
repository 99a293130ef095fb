import { type Database, tableDifferences } from '@kilomega/database'
import { type Implementation, ledgerMigrations } from '@kilomega/messaging'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { getMetadataArgsStorage } from 'typeorm'

/** A schema with nothing in it but the ledger, which every module has. */
const bare = 'bare'
const ownTables = `
  SELECT relname AS name FROM pg_class
  WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  ORDER BY relname`

/** Tests that the entities of a module say what its migrations make: `tables/tables.int-spec.ts` of each module. */
export function describeTables({ name, migrations, entities }: Implementation): void {
  describe(`The tables of ${name}`, () => {
    let opened: TestDatabase
    beforeAll(async () => {
      const modules = [
        { schema: name, migrations },
        { schema: bare, migrations: [] },
      ]
      opened = await openDatabase({ modules, platform: ledgerMigrations })
    })
    afterAll(() => opened.close())

    it('each have an entity', async () => {
      const ledger = await tablesOf(opened.database, bare)
      const own = (await tablesOf(opened.database, name)).filter((table) => !ledger.includes(table))
      const declared = getMetadataArgsStorage().tables.filter(({ target }) => entities.includes(target as never))
      expect(declared.map((table) => table.name).sort()).toEqual(own)
    })

    it('are as their entities declare them', async () => {
      expect(await tableDifferences(opened.config.url, entities)).toEqual([])
    })
  })
}

const tablesOf = async (database: Database, schema: string): Promise<string[]> =>
  (await database.read((reading) => reading.query<{ name: string }>(ownTables, [schema]))).map(({ name }) => name)

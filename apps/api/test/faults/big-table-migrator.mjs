// The migrating process of big-table.fault-spec.ts, which kills it: `node big-table-migrator.mjs expand|fill <url> <batch>`
import { Secret } from '@kilomega/config'
import { addColumn, backfill, migrate, migrationOutside, requireValues } from '@kilomega/database'

const [phase, url, batch] = process.argv.slice(2)
const slug = { table: 'harbour.ship', column: 'slug' }

const expand = [addColumn('202612010000-add-slug', { ...slug, type: 'text' })]
const fill = [
  backfill('202612020000-fill-slug', { table: 'harbour.ship', key: 'id', set: 'slug = lower(name)', where: 'slug IS NULL', batch: Number(batch) }),
  ...requireValues('202612020100-require-slug', slug),
  migrationOutside('202612020200-index-slug', 'CREATE INDEX CONCURRENTLY ship_slug ON harbour.ship (slug)'),
]

await migrate(new Secret(url), [{ schema: 'harbour', migrations: phase === 'expand' ? expand : [...expand, ...fill] }])

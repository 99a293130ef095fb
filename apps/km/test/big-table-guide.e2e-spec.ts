import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { FollowedGuide, followInOrder, guide } from './followed-guide.js'

const minutes = 60_000

/** The tests that a step of a migration can fail. */
const checks = [
  "npx jest -c jest.config.mjs --rootDir tools/architecture --testMatch '**/{migrations,module-shape}.spec.ts'",
  "npx jest -c jest.config.mjs --rootDir libs/modules/content --testMatch '**/tables.int-spec.ts'",
  'npx tsc -p libs/modules/content',
].join(' && ')

const slugs = `
  SELECT attnotnull AS required, (SELECT indisvalid FROM pg_index WHERE indexrelid = 'content.post_slug'::regclass) AS indexed
  FROM pg_attribute WHERE attrelid = 'content.post'::regclass AND attname = 'slug'`

describe('The guide to change a big table, typed line by line in a fresh clone', () => {
  let [database, followed]: [TestDatabase?, FollowedGuide?] = []

  beforeAll(async () => {
    database = await openDatabase({ schema: 'test', migrations: [] })
    followed = await FollowedGuide.open(checks, { DATABASE_URL: database.url })
  }, 2 * minutes)
  afterAll(async () => {
    followed?.close()
    await database?.close()
  }, 2 * minutes)

  followInOrder(guide('change-a-big-table'), () => followed!)

  it('ends with a column that is required and indexed', async () => {
    expect(await database!.database.write((transaction) => transaction.query(slugs))).toEqual([{ required: true, indexed: true }])
  })
})

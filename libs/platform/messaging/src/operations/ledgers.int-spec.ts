import { ToldShips } from '../../test/told-ships.js'
import { Ledgers } from './ledgers.js'

/** Tables of others in the same database: one by the name of ours, one beside a table of migrations as another tool keeps it. */
const foreign = [
  'CREATE TABLE public.delivery (id int, street text)',
  'CREATE SCHEMA shop',
  'CREATE TABLE shop.delivery (id int, street text)',
  'CREATE TABLE shop.migration (id int, name text)',
  'CREATE TABLE shop.subscriber (id int)',
]

describe('the ledgers of a database', () => {
  let ships: ToldShips
  beforeEach(async () => {
    ships = await ToldShips.open()
  })
  afterEach(() => ships.close())

  it('are those of our modules, whatever others call their tables', async () => {
    const ledgers = new Ledgers(ships.opened.databases)
    const ours = (await ledgers.all()).map(({ schema }) => schema)
    for (const statement of foreign) await ships.opened.database.write((transaction) => transaction.query(statement))
    expect((await ledgers.all()).map(({ schema }) => schema)).toEqual(ours)
    expect(ours).toContain('harbour')
    expect(await ledgers.of('public')).toEqual([])
  })
})

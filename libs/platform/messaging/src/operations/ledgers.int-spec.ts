import { EventShips } from '../../test/event-ships.js'
import { Ledgers } from './ledgers.js'

/** Tables of other software in the same database: one with the name of ours, one next to another tool's table of migrations. */
const foreign = [
  'CREATE TABLE public.delivery (id int, street text)',
  'CREATE SCHEMA shop',
  'CREATE TABLE shop.delivery (id int, street text)',
  'CREATE TABLE shop.migration (id int, name text)',
  'CREATE TABLE shop.subscriber (id int)',
]

describe('the ledgers of a database', () => {
  let ships: EventShips
  beforeEach(async () => {
    ships = await EventShips.open()
  })
  afterEach(() => ships.close())

  it('are those of our modules, whatever the names of other tables', async () => {
    const ledgers = new Ledgers(ships.opened.databases)
    const ours = (await ledgers.all()).map(({ schema }) => schema)
    for (const statement of foreign) await ships.opened.database.write((transaction) => transaction.query(statement))
    expect((await ledgers.all()).map(({ schema }) => schema)).toEqual(ours)
    expect(ours).toContain('harbour')
    expect(await ledgers.of('public')).toEqual([])
  })
})

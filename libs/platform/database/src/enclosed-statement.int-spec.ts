import { Client } from 'pg'
import { startServer } from '../test/server.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'
import { sendStatement } from './send-statement.js'

const insert = { text: 'INSERT INTO ship (name) VALUES ($1) RETURNING name', values: ['Beagle'], name: 'insert_ship' }
const wrong = { text: 'INSERT INTO nowhere VALUES ($1)', values: ['x'], name: 'insert_nowhere' }

let server: EmbeddedPostgres
let folder: string
let client: Client

beforeAll(async () => {
  ;({ server, folder } = await startServer())
  client = new Client({ connectionString: server.url.reveal() })
  await client.connect()
  await client.query('CREATE TABLE ship (name text UNIQUE DEFERRABLE INITIALLY IMMEDIATE)')
})
beforeEach(async () => {
  await client.query('ROLLBACK')
  await client.query('TRUNCATE ship')
})
afterAll(async () => {
  await client.end()
  await server.stop()
  await EmbeddedPostgres.remove(folder)
})

const send = (statement: typeof insert, ...ahead: string[]) => sendStatement(client as never, statement, { ahead, behind: [] })
const sendWithCommit = (statement: typeof insert, ...ahead: string[]) => sendStatement(client as never, statement, { ahead, behind: ['COMMIT'] })
const ships = async () => (await client.query('SELECT name FROM ship')).rows

describe('A statement with others ahead of it', () => {
  it('happens after them, in the transaction that they began, and its result is its own', async () => {
    for (const time of ['first', 'prepared by now']) {
      const result = await send({ ...insert, values: [time] }, 'BEGIN', 'SET LOCAL statement_timeout = 4321')
      expect(result).toMatchObject({ command: 'INSERT', rowCount: 1, rows: [{ name: time }] })
      expect((await client.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '4321ms' }])
      await client.query('ROLLBACK')
      expect(await ships()).toEqual([])
    }
  })

  it('goes out in one message with them', async () => {
    await send(insert)
    const { stream } = (client as unknown as { connection: { stream: object } }).connection
    const sent = [jest.spyOn(stream, '_writev' as never), jest.spyOn(stream, '_write' as never)]
    await send({ ...insert, values: ['Bounty'] }, 'BEGIN')
    expect(sent.map((method) => method.mock.calls.length)).toEqual([1, 0])
    sent.forEach((method) => method.mockRestore())
    await client.query('ROLLBACK')
  })

  it('does not happen when one of them fails', async () => {
    await expect(send(insert, 'BEGIN', 'SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' })
    await client.query('ROLLBACK')
    await expect(send(insert, 'SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' })
    expect(await ships()).toEqual([])
    expect((await send(insert)).rowCount).toBe(1)
  })

  it('that cannot be prepared says why each time, and leaves the transaction to be rolled back', async () => {
    for (let time = 0; time < 2; time += 1) {
      await expect(send(wrong, 'BEGIN')).rejects.toMatchObject({ code: '42P01' })
      await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' })
      await client.query('ROLLBACK')
    }
  })

  it('that fails when it is sent for the first time can be sent again', async () => {
    await client.query(`INSERT INTO ship VALUES ('Beagle')`)
    const other = { ...insert, name: 'insert_other', text: `${insert.text} AS other` }
    for (const ahead of [['BEGIN'], ['BEGIN', 'SET LOCAL lock_timeout = 1000'], []]) {
      await expect(send(other, ...ahead)).rejects.toMatchObject({ code: '23505' })
      await client.query('ROLLBACK')
    }
    expect((await send({ ...other, values: ['Bounty'] })).rowCount).toBe(1)
  })

  it('follows them in a message of its own when it has no name', async () => {
    await send({ ...insert, name: undefined as never }, 'BEGIN')
    await client.query('ROLLBACK')
    expect(await ships()).toEqual([])
  })
})

describe('A statement with the commit behind it', () => {
  it('is committed when it has been answered, in one message with the BEGIN also where there is one', async () => {
    await client.query('BEGIN')
    expect(await sendWithCommit(insert)).toMatchObject({ command: 'INSERT', rowCount: 1 })
    expect(await sendWithCommit({ ...insert, values: ['Bounty'] }, 'BEGIN')).toMatchObject({ rows: [{ name: 'Bounty' }] })
    await client.query('ROLLBACK')
    expect(await ships()).toEqual([{ name: 'Beagle' }, { name: 'Bounty' }])
  })

  it('commits nothing when it fails', async () => {
    await client.query('BEGIN')
    await send(insert)
    await expect(sendWithCommit(insert)).rejects.toMatchObject({ code: '23505' })
    await client.query('COMMIT')
    expect(await ships()).toEqual([])
  })

  it('fails with what the commit fails with, and can be sent again', async () => {
    const later = { ...insert, name: 'insert_later', text: `${insert.text} AS later` }
    await client.query(`INSERT INTO ship VALUES ('Beagle')`)
    for (let time = 0; time < 2; time += 1) {
      await expect(sendWithCommit(later, 'BEGIN', 'SET CONSTRAINTS ALL DEFERRED')).rejects.toMatchObject({ code: '23505' })
    }
    expect(await ships()).toEqual([{ name: 'Beagle' }])
  })

  it('is followed by it in a message of its own when it has no name', async () => {
    await sendWithCommit({ ...insert, name: undefined as never }, 'BEGIN')
    await client.query('ROLLBACK')
    expect(await ships()).toEqual([{ name: 'Beagle' }])
  })
})

import { type Database } from '@kilomega/database'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { z } from 'zod'
import { openSmallApp, type OpenedApp } from '../test/small-app.js'
import { type HttpAddresses, listenHttp, Params, Route, Routes } from './index.js'

let opened: OpenedApp
let addresses: HttpAddresses
let database: TestDatabase
let db: Database

const Sizes = z.object({ queries: z.coerce.number(), bytes: z.coerce.number() })

/** Sends as many statements, and answers as many bytes, as its caller asks for. */
@Routes('A route that costs what it is told')
class CostlyController {
  @Route({
    method: 'GET',
    path: '/v1/costs/:queries/:bytes',
    access: 'anyone',
    summary: 'Costs',
    params: Sizes,
    contentType: 'text/plain',
    budget: { queries: 3, bytes: 1_000 },
  })
  async cost(@Params() { queries, bytes }: z.output<typeof Sizes>) {
    for (let sent = 0; sent < queries; sent += 1) await db.read((reading) => reading.query('SELECT $1::int', [sent]))
    return 'x'.repeat(bytes)
  }
}

beforeAll(async () => {
  database = await openDatabase({})
  db = database.database
  // The first statement of a schema also asks for the version of the server.
  await db.read((reading) => reading.query('SELECT 1'))
  opened = await openSmallApp({}, [CostlyController])
  addresses = await listenHttp(opened.app)
})
afterAll(async () => {
  await opened.app.close()
  await database.close()
})

const ask = async (queries: number, bytes: number) => (await fetch(`${addresses.public}/v1/costs/${queries}/${bytes}`)).text()
const route = 'GET /v1/costs/:queries/:bytes'
const logged = () => opened.lines.filter((line) => line.includes('"http.over-budget"')).map((line) => JSON.parse(line) as object)
const counted = async () => {
  const text = await (await fetch(`${addresses.internal}/metrics`)).text()
  const lines = [...text.matchAll(/^http_over_budget_total\{route="([^"]*)",what="([^"]*)"\} (\d+)/gm)]
  return Object.fromEntries(lines.map(([, of, what, count]) => [`${of} ${what}`, Number(count)]))
}

it('a route within its budget is not mentioned; one query more, or one byte more, is counted, and logged once a minute', async () => {
  await ask(3, 1_000)
  expect(await counted()).toEqual({})
  expect(logged()).toEqual([])
  await ask(4, 10)
  expect(logged()).toMatchObject([{ level: 'warn', route, queries: 4, bytes: 10, mostQueries: 3, mostBytes: 1_000 }])
  await ask(0, 1_001)
  await ask(5, 2_000)
  await ask(4, 10)
  expect(logged()).toHaveLength(1)
  expect(await counted()).toEqual({ [`${route} queries`]: 3, [`${route} bytes`]: 2 })
})

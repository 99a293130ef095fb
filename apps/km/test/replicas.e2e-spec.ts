import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import type { ServerReport } from '@kilomega/database'
import { describeWithOwnNatsAndRedis, eventually } from '@kilomega/testing'
import { CommandLine, freePorts } from './command-line.js'

describeWithOwnNatsAndRedis('Tier 100k', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-replicas-'))
  const km = new CommandLine({
    ...processEnvironment(),
    ...{ NODE_ENV: undefined, DATABASE_URL: undefined, DATABASE_REPLICAS: undefined, HTTP_PORT: undefined, HTTP_INTERNAL_PORT: undefined },
    ...{ QUEUE_BACKEND: undefined, QUEUE_REDIS_URL: undefined, KILOMEGA_FOLDER: folder },
  })
  const person = { email: `${randomUUID()}@example.com`, password: 'a long and quiet evening' }
  const create = (email: string) => km.shell(`echo '${person.password}' | km user create ${email}`)
  let [parameters, url]: [string[], string] = [[], '']

  beforeAll(async () => {
    const port = await freePorts(3)
    url = `http://127.0.0.1:${port}/v1`
    parameters = ['up', '100k', '--detach', '--port-base', String(port), '--database-port', '0', '--redis-port', '0']
    expect(await km.run(...parameters)).toMatchObject({ code: 0 })
  }, 120_000)
  afterAll(async () => {
    await km.run('down')
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  const servers = async (): Promise<ServerReport[]> => JSON.parse((await km.run('db', 'status', '--json')).output) as ServerReport[]
  const roles = async () =>
    Object.fromEntries((await servers()).map(({ server, role, timeline }) => [server, `${role} ${Number.parseInt(timeline, 16)}`]))
  const signIn = () => fetch(`${url}/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(person) })
  let before: Record<string, string> = {}

  it('has a primary and two replicas that are used', async () => {
    await eventually(async () => expect((await servers()).map(({ role, used }) => ({ role, used }))).toHaveLength(3), 10_000)
    expect((await servers()).map(({ role }) => role)).toEqual(['primary', 'replica', 'replica'])
    await eventually(async () => expect((await servers()).every(({ used }) => used)).toBe(true), 10_000)
    before = await roles()
    expect((await km.run('db', 'status')).output).toMatch(/│ postgres-2 at 127\.0\.0\.1:\d+ +│ replica │ 1 /)
    expect(await create(person.email)).toMatchObject({ code: 0 })
  }, 60_000)

  it('refuses to promote what is no replica, and names those that are', async () => {
    const unknown = await km.run('db', 'promote', 'postgres-9')
    expect(unknown).toMatchObject({ code: 1, errors: 'There is no replica postgres-9: it is one of postgres-2, postgres-3\n' })
    const primary = await km.run('db', 'promote', 'postgres')
    expect(primary).toMatchObject({ code: 1, errors: 'postgres is the primary already: promote postgres-2 or postgres-3\n' })
  })

  it('promotes a replica; the processes find it, and the server that was the primary is a replica', async () => {
    const { code, output } = await km.run('db', 'promote', 'postgres-3')
    expect(code).toBe(0)
    expect(output).toMatch(
      /^postgres is stopped\npostgres-3 takes writes, \S+ m?s after the last ones\npostgres-2 follows it\npostgres is copied again, and is a replica\n$/,
    )
    const [first, second, third] = Object.keys(before)
    await eventually(async () => expect(await roles()).toEqual({ [first!]: 'replica 2', [second!]: 'replica 2', [third!]: 'primary 2' }), 20_000)
    await eventually(async () => expect(await create(`${randomUUID()}@example.com`)).toMatchObject({ code: 0 }), 10_000)
    expect((await signIn()).status).toBe(201)
  }, 60_000)

  it('keeps all data and the promoted primary over a restart', async () => {
    expect(await km.run('down')).toMatchObject({ code: 0 })
    expect(await km.run(...parameters)).toMatchObject({ code: 0 })
    await eventually(async () => expect(Object.values(await roles()).sort()).toEqual(['primary 2', 'replica 2', 'replica 2']), 20_000)
    expect((await km.run('db', 'status')).output).toMatch(/│ postgres-3 at 127\.0\.0\.1:\d+ +│ primary │ 2 /)
    expect((await signIn()).status).toBe(201)
  }, 120_000)
})

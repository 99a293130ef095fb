import { findReaches, type Reach } from './private-parts.js'
import { programOf } from './program.js'

/** Files that still do, each with what has to replace it, or why nothing can. */
const known: Readonly<Record<string, string>> = {
  'apps/api/test/answer-checker.ts': 'the address that the documentation of ajv gives, in a package without exports',
  'libs/platform/database/src/cancel-statement.ts':
    'process id and key of a connection, which pg does not show; pg_cancel_backend needs a connection of its own, and there may be none left',
}

const pool = "import type { Pool } from 'pg'\ndeclare const pool: Pool\n"
const planted: [what: string, code: string, found: string][] = [
  [
    'an inner path of a package',
    "import { GUARDS_METADATA } from '@nestjs/common/constants.js'\nexport { GUARDS_METADATA }",
    'imports @nestjs/common/constants.js',
  ],
  ['a path that calls itself internal', "export * from '@nestjs/common/internal'", 'imports @nestjs/common/internal'],
  ['a file of a package without exports', "export * from 'ioredis/built/Command.js'", 'imports ioredis/built/Command.js'],
  ['an inner path that is resolved', "export const path = import.meta.resolve('pg/lib/query.js')", 'imports pg/lib/query.js'],
  ['an underscored field', `${pool}export const clients = (pool as never as Record<string, unknown>)['_clients']`, 'reads _clients'],
  ['an underscored field by its name', "import { z } from 'zod'\nexport const { def } = z.string()._zod", 'reads _zod'],
  ['an underscored field taken apart', "import { z } from 'zod'\nexport const { _zod: inner } = z.string()", 'reads _zod'],
  ['a cast to what is not shown', `${pool}export const clients = (pool as unknown as { clients: unknown[] }).clients`, 'gives Pool a field clients'],
  [
    'a cast by way of never',
    `${pool}interface Inner { clients: unknown[] }\nexport const inner = pool as never as Inner`,
    'gives Pool a field clients',
  ],
  ['a cast to what is more', `${pool}type More = Pool & { clients: unknown[] }\nexport const inner = pool as More`, 'gives Pool a field clients'],
  ['a field that is set', `${pool}Object.assign(pool, { clients: [] })`, 'gives Pool a field clients'],
  ['a method that is replaced', "import { Query } from 'pg'\nexport class Mine extends Query { prepare(): void {} }", 'replaces prepare of Query'],
  ['a prototype', "import { Query } from 'pg'\nexport const inner = Query.prototype", 'takes a prototype'],
  ['an imitation', `${pool}export const mine = Object.create(pool) as object`, 'imitates an object'],
  ['a shared symbol', "export const skip = Symbol.for('skip-override')", 'takes a symbol'],
]
const allowed: [what: string, code: string][] = [
  ['a path that a package names', "import { z } from 'zod/v4'\nexport const text = z.string()"],
  [
    'a public method that is replaced',
    "import { FastifyAdapter } from '@nestjs/platform-fastify'\nexport class Mine extends FastifyAdapter { override getType(): string { return 'mine' } }",
  ],
  [
    'a cast to another type of the library',
    "import type { Pool, PoolClient } from 'pg'\nexport const first = (pool: Pool) => pool as unknown as PoolClient",
  ],
  ['a public field', `${pool}export const count = pool.totalCount`],
]

const pathOf = (index: number): string => `libs/platform/queue/src/planted-${index}.ts`

describe('Of third-party libraries', () => {
  let reaches: Reach[]
  beforeAll(async () => {
    const texts = [...planted, ...allowed].map(([, code], index) => [pathOf(index), code] as const)
    reaches = await findReaches(programOf(new Map(texts)))
  }, 120_000)
  const foundIn = (index: number) => reaches.filter(({ file }) => file === pathOf(index)).map(({ what }) => what)

  it('only the public parts are used', () => {
    const ours = reaches.filter(({ file }) => !file.includes('/planted-') && known[file] === undefined)
    expect(ours.map(({ file, line, what }) => `${file}:${line} ${what}`)).toEqual([])
  })

  it.each(Object.keys(known))('%s still uses private parts, or must be removed from the list', (path) => {
    expect(reaches.map(({ file }) => file)).toContain(path)
  })

  it.each(planted.map(([what, , found], index) => ({ what, found, index })))('$what is refused', ({ found, index }) => {
    expect(foundIn(index).join()).toContain(found)
  })

  it.each(allowed.map(([what], index) => ({ what, index: planted.length + index })))('$what is allowed', ({ index }) => {
    expect(foundIn(index)).toEqual([])
  })
})

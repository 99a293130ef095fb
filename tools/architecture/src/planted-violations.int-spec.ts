import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './repository.js'

interface Planted {
  path: string
  code: string
}
interface Answer {
  path: string
  messages: { ruleId: string | null; message: string }[]
}

const inModule = 'libs/modules/search/src/planted.ts'
const inContract = 'libs/contracts/src/planted.ts'
const inKernel = 'libs/platform/ports/src/planted.ts'
const inPlatform = 'libs/platform/queue/src/planted.ts'
const inApp = 'apps/api/src/planted.ts'
const inBindings = 'libs/bindings/src/planted.ts'
const boundaries = '@nx/enforce-module-boundaries'

const forbidden: [rule: string, what: string, path: string, code: string][] = [
  [boundaries, 'a module imports a module', inModule, "import { implementation } from '@kilomega/content'\nexport { implementation }"],
  [boundaries, 'a contract imports the platform', inContract, "import { Database } from '@kilomega/database'\nexport { Database }"],
  [boundaries, 'a contract imports a module', inContract, "export { implementation } from '@kilomega/content'"],
  [boundaries, 'the kernel imports the platform', inKernel, "import { config } from '@kilomega/config'\nexport { config }"],
  [boundaries, 'the platform imports a contract', inPlatform, "import { SearchPort } from '@kilomega/contracts'\nexport { SearchPort }"],
  [boundaries, 'the platform imports a module', inPlatform, "import { implementation } from '@kilomega/search'\nexport { implementation }"],
  [boundaries, 'an app imports an app', inApp, "import * as km from '@kilomega/km'\nexport { km }"],
  [boundaries, 'a file is imported across packages by its path', inModule, "export * from '../../content/src/index.js'"],
  [
    'kilomega/module-in-app',
    'an app imports a module statically',
    inApp,
    "import { implementation } from '@kilomega/search'\nexport { implementation }",
  ],
  [boundaries, 'a module imports the list of bindings', inModule, "import { bindings } from '@kilomega/bindings'\nexport { bindings }"],
  [boundaries, 'the list of bindings imports an app', inBindings, "import * as km from '@kilomega/km'\nexport { km }"],
  ['kilomega/module-in-app', 'the list of bindings imports a module for good', inBindings, "export { implementation } from '@kilomega/search'"],
  ['no-restricted-syntax', 'an app imports a module outside bind', inApp, "export const late = () => import('@kilomega/search')"],
  ['kilomega/npm-packages', 'a module imports a client library', inModule, "import sharp from 'sharp'\nexport { sharp }"],
  ['kilomega/npm-packages', 'a module imports a client library dynamically', inModule, "export const late = () => import('sharp')"],
  ['kilomega/npm-packages', 'a contract imports Nest', inContract, "import { Injectable } from '@nestjs/common'\nexport { Injectable }"],
  ['kilomega/npm-packages', 'the kernel imports Nest', inKernel, "import { Injectable } from '@nestjs/common'\nexport { Injectable }"],
  ['no-restricted-syntax', 'the environment is read', inModule, "export const engine = process.env['SEARCH_ENGINE']"],
  ['no-restricted-syntax', 'a token is injected by name', inModule, "export class A { constructor(@Inject('x') readonly x: string) {} }"],
  ['no-restricted-syntax', 'a provider lives for a request', inModule, 'export const scope = Scope.REQUEST'],
  ['no-restricted-syntax', 'a module calls an external address', inModule, "export const answer = await fetch('https://example.org')"],
  [
    'no-restricted-syntax',
    'values are interpolated into SQL',
    inModule,
    'export const find = (id: string) => `SELECT 1 FROM search.document WHERE id = ${id}`',
  ],
  ['no-restricted-syntax', 'a query is concatenated', inModule, "export const find = (tx: Tx, id: string) => tx.query('SELECT ' + id)"],
  [
    'kilomega/function-limits',
    'a function takes five parameters',
    inModule,
    'export const f = (a = 1, b = 1, c = 1, d = 1, e = 1) => a + b + c + d + e',
  ],
  ['kilomega/function-limits', 'a function is too long', inModule, `export function f() {\n${'  f()\n'.repeat(60)}}`],
  ['max-lines', 'a file is too long', inModule, 'export {}\n'.repeat(301)],
  ['kilomega/file-name', 'a file name says nothing about its content', 'libs/modules/search/src/helpers.ts', 'export {}'],
]

const allowed: [what: string, path: string, code: string][] = [
  ['an app binds a module', inApp, "export const binding = bind(SearchPort, () => import('@kilomega/search'))"],
  ['the list of bindings binds a module', inBindings, "export const binding = bind(SearchPort, () => import('@kilomega/search'))"],
  [
    'a module names ports and platform',
    inModule,
    "import { SearchPort } from '@kilomega/contracts'\nimport { Database } from '@kilomega/database'\nexport { Database, SearchPort }",
  ],
  ['a driver imports its client library', 'libs/modules/media/src/drivers/renderer.sharp.ts', "import sharp from 'sharp'\nexport { sharp }"],
  ['SQL is constant', inModule, 'export const find = `\n  SELECT 1\n  FROM search.document\n  WHERE id = $1`'],
  [
    'a constructor takes five parameters',
    inModule,
    'export class A { constructor(readonly a = 1, readonly b = 1, readonly c = 1, readonly d = 1, readonly e = 1) {} }',
  ],
]

describe('The rules for imports and code', () => {
  let answers: Answer[]

  beforeAll(() => {
    const planted = [...forbidden.map(([, , path, code]) => ({ path, code })), ...allowed.map(([, path, code]) => ({ path, code }))]
    answers = lint(planted)
  }, 60_000)

  it.each(forbidden.map(([rule, what], index) => ({ rule, what, index })))('fail when $what', ({ rule, index }) => {
    expect(answers[index]!.messages.map(({ ruleId }) => ruleId)).toContain(rule)
  })

  it.each(allowed.map(([what], index) => ({ what, index: forbidden.length + index })))('pass when $what', ({ index }) => {
    expect(answers[index]!.messages).toEqual([])
  })
})

function lint(planted: Planted[]): Answer[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'tools/lint/lint-texts.mjs')], {
    input: JSON.stringify(planted),
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 16_000_000,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Answer[]
}

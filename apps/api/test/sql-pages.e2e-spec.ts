import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { collectStatements, type Examples } from './sql/collected-statements.js'
import { collectAll, type Everything } from './sql/collect-all.js'
import { Planner } from './sql/planner.js'
import { splitLedger } from './sql/split-ledger.js'
import { ledgerPage, modulePage } from './sql/sql-page.js'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'docs/sql')
const names = [...readdirSync(join(root, 'libs/modules')), 'ledger'].sort()
/** `npm run docs:sql` sets it: then the pages are written, and equal what they are compared with. */
const isWriting = processEnvironment()['KILOMEGA_WRITE_PAGES'] !== undefined

let everything: Everything
let collected: ReadonlyMap<string, Examples>
const pages = new Map<string, string>()
beforeAll(async () => {
  everything = await collectAll()
  collected = collectStatements(everything.statements, everything.modules)
  const { modules, ledger } = splitLedger(collected)
  const planner = await Planner.open(everything.modules)
  for (const [module, examples] of modules) pages.set(`${module}.md`, await modulePage(module, examples, silentOf(module), planner))
  pages.set('ledger.md', await ledgerPage(ledger, planner))
  await planner.close()
  if (isWriting) write()
}, 180_000)

const silentOf = (module: string): string[] => everything.declared.get(module)!.filter((operation) => !collected.get(module)!.has(operation))

function write(): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of pages) writeFileSync(join(folder, name), text)
}

it('every operation of a port was called, and every job and every subscriber did something', () => {
  const silent = everything.modules.flatMap(silentOf)
  expect(silent.filter((operation) => !everything.called.has(operation))).toEqual([])
})

it('there is a page for each module and one for the ledger', () => {
  expect([...pages.keys()].sort()).toEqual(names.map((name) => `${name}.md`))
  expect(readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.md`))
})

it.each(names)('docs/sql/%s.md is as `npm run docs:sql` makes it', (name) => {
  const path = join(folder, `${name}.md`)
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(pages.get(`${name}.md`))
})

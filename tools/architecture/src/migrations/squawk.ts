import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Migration } from '@kilomega/database'
import { root } from '../repository.js'

/** The steps of one schema in their order. */
export interface SchemaSteps {
  schema: string
  migrations: readonly Migration[]
}

/** Something that locks or breaks: `content 202611291310-index-removed-of-author: require-concurrent-index-creation` */
export interface Finding {
  schema: string
  step: string
  rule: string
}

interface Report {
  file: string
  line: number
  rule_name: string
}

/** Squawk takes a `SET NOT NULL` for safe only if it sees the check that proved it, which an earlier step made. */
const proof = /\bADD CONSTRAINT\b.*\bNOT VALID$|\bVALIDATE CONSTRAINT\b/is
/** What squawk does not know: rows that are written in one transaction lock out their other writers until its end. */
const writesRows = /^\s*(UPDATE|DELETE FROM|MERGE INTO)\s/i
const createsTable = /^\s*CREATE TABLE\s+(\S+)/i

/** What squawk, with the rules of tools/lint/squawk.toml, and our own rule `use-a-backfill` find in the SQL of the steps, each rule once for each step. */
export function judge(schemas: readonly SchemaSteps[]): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'kilomega-squawk-'))
  try {
    const heads = new Map<string, number>()
    for (const { schema, migrations } of schemas) migrations.forEach((_, at) => write(folder, { schema, migrations, at }, heads))
    const found = [...run(folder, 'transaction'), ...run(folder, 'outside')]
    const own = found.filter(({ file, line }) => line >= (heads.get(file) ?? 0))
    return unique([...own.map(({ file, rule_name: rule }) => ({ ...placeOf(file), rule })), ...schemas.flatMap(writesInOneTransaction)])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** One file for each step, below what proves its claims; `heads` says how many lines that is. */
function write(folder: string, { schema, migrations, at }: SchemaSteps & { at: number }, heads: Map<string, number>): void {
  const { name, kind, up } = migrations[at]!
  const lines = (statements: readonly string[]): string => statements.map((statement) => `${statement.trim()};\n`).join('')
  const head = lines(migrations.slice(0, at).flatMap((step) => step.up.filter((statement) => proof.test(statement.trim()))))
  const file = join(folder, kind === 'transaction' ? 'transaction' : 'outside', schema, `${name}.sql`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, head + lines(up))
  heads.set(file, head.split('\n').length - 1)
}

function run(folder: string, kind: 'transaction' | 'outside'): Report[] {
  const options = [`--config=${join(root, 'tools/lint/squawk.toml')}`, '--reporter=json', '--no-error-on-unmatched-pattern']
  const inTransaction = kind === 'transaction' ? ['--assume-in-transaction'] : []
  const program = join(root, 'node_modules/squawk-cli/js/bin/squawk')
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...options, ...inTransaction, join(folder, kind, '**/*.sql')], {
    encoding: 'utf8',
    maxBuffer: 16_000_000,
  })
  if (status !== 0 && !stdout.startsWith('[')) throw new Error(stderr || stdout)
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as Report[])
}

const placeOf = (file: string) => ({ schema: basename(dirname(file)), step: basename(file, '.sql') })

function writesInOneTransaction({ schema, migrations }: SchemaSteps): Finding[] {
  const inTransaction = migrations.filter(({ kind }) => kind === 'transaction')
  return inTransaction.flatMap(({ name, up }) => {
    const made = up.flatMap((statement) => createsTable.exec(statement)?.[1] ?? [])
    const isFound = up.some((statement) => writesRows.test(statement) && !made.some((table) => statement.includes(table)))
    return isFound ? [{ schema, step: name, rule: 'use-a-backfill' }] : []
  })
}

const unique = (findings: readonly Finding[]): Finding[] => [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()]

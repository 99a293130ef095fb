// `npm run test:faults [-- ROW… --json FILE]`: the fault tests in their full form, which checks what is promised; prints one line per row.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildWhenNeeded } from '../start/build.mjs'
import { installWhenNeeded } from '../start/install.mjs'
import { preflight } from '../start/preflight.mjs'
import { Stop } from '../start/repository.mjs'
import { step } from '../start/step.mjs'
import { faultFiles } from './fault-files.mjs'
import { provideServers } from './servers.mjs'

const project = '@kilomega/app-api'

try {
  process.exitCode = await testFaults(readArguments())
} catch (error) {
  if (!(error instanceof Stop)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
    return { wanted: positionals, json: values.json }
  } catch (error) {
    throw new Stop(`${error.message}. Usage: npm run test:faults -- [ROW…] [--json FILE]`)
  }
}

async function testFaults({ wanted, json }) {
  preflight()
  const files = choose(wanted)
  await installWhenNeeded()
  await provideServers()
  await buildWhenNeeded()
  const rows = []
  for (const [index, file] of files.entries()) {
    rows.push(...(await runFile(file, `[${index + 1}/${files.length}] ${basename(file.path)}`)))
    // Written after each file, so that an interrupted run keeps its results.
    if (json !== undefined) writeFileSync(resolve(json), `${JSON.stringify({ rows }, null, 2)}\n`)
  }
  const failed = rows.filter(({ held }) => !held).map(({ id }) => id)
  console.log(`${rows.length - failed.length} rows held, ${failed.length} not${failed.length === 0 ? '' : `: ${failed.join(', ')}`}`)
  return failed.length === 0 ? 0 : 1
}

/** The files that contain the requested rows, each with those rows. */
function choose(wanted) {
  const files = faultFiles()
  const known = files.flatMap(({ rows }) => rows)
  const unknown = wanted.filter((row) => !known.includes(row))
  if (unknown.length > 0) throw new Stop(`No fault test is called ${unknown.join(', ')}. There are: ${known.join(', ')}`)
  const chosen = files.map(({ path, rows }) => ({ path, rows: rows.filter((row) => wanted.length === 0 || wanted.includes(row)) }))
  return chosen.filter(({ rows }) => rows.length > 0)
}

/** A row without a line (its suite did not start, or was skipped because a server is missing) did not hold. */
async function runFile({ path, rows }, title) {
  const folder = mkdtempSync(join(tmpdir(), 'kilomega-faults-'))
  const ledger = join(folder, 'rows.jsonl')
  writeFileSync(ledger, '')
  Object.assign(process.env, { KILOMEGA_FAULTS: 'full', KILOMEGA_FAULTS_JSON: ledger })
  const passed = await passes(`${title} (${rows.join(', ')})`, path, rows)
  const reported = readFileSync(ledger, 'utf8').split('\n').filter(Boolean).map(JSON.parse)
  rmSync(folder, { recursive: true })
  const all = rows.flatMap((id) => {
    const own = reported.filter((row) => row.id === id)
    return own.length === 0 ? [{ id, held: false }] : own
  })
  // A file can fail apart from its rows: in its clean-up, or because it leaves something open.
  const judged = passed || all.some(({ held }) => !held) ? all : all.map((row) => ({ ...row, held: false }))
  for (const row of judged) console.log(lineOf(row))
  return judged
}

async function passes(title, path, rows) {
  const names = `^(.* )?(${rows.join('|')}): `
  try {
    await step(title, 'npm', ['run', '--silent', 'faults', '-w', project, '--', '--testPathPatterns', path, '-t', names], { lines: 200 })
    return true
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    console.error(error.message)
    return false
  }
}

function lineOf({ id, held, ...figures }) {
  const reported = Object.entries(figures).map(([name, figure]) => `${name} ${typeof figure === 'number' ? Math.round(figure) : figure}`)
  return `  ${id} ${held ? 'held' : 'NOT HELD'}${reported.length === 0 ? '' : `: ${reported.join(', ')}`}`
}

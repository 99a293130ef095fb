import { writeFileSync } from 'node:fs'
import { allPorts, extractionReport, moduleNamed, reportText } from '@kilomega/port-testing'
import { Failure } from '../failure.js'
import { differencesText } from './differences-text.js'
import { requireWritable } from './require-writable.js'

export interface ReportOptions {
  calls: number
  seed: number
  out?: string
  json?: string
}

/** Compares, writes the requested report, and fails with the first differences if any answer differed. */
export async function runReport(module: string, { calls, seed, out, json }: ReportOptions): Promise<void> {
  requireWritable({ '--out': out, '--json': json })
  const implementation = await moduleNamed(module).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ERR_MODULE_NOT_FOUND' ? new Failure(`There is no module ${module}: its package would be @kilomega/${module}`) : error
  })
  const result = await extractionReport(implementation, { calls, seed, ports: await allPorts(), onProgress: showProgress })
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, undefined, 2)}\n`)
  if (out === undefined) process.stdout.write(reportText(result))
  else writeFileSync(out, reportText(result))
  if (result.differences > 0) throw new Failure(differencesText(result))
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${done} of ${of} calls compared`)
}

// Writes the counts of one jest run to .results/<target>.json, an output of the nx target: a cached run restores them.
const { mkdirSync, writeFileSync } = require('node:fs')
const { join, relative } = require('node:path')

/**
 * A finished run that does not exit has left something open: a server, a connection, a timer. It fails, because nx would wait for it forever. The
 * longest legitimate wait is that of a statement: 30 s, plus 5 s.
 */
const endLimitMs = 45_000

module.exports = class ResultsReporter {
  constructor({ rootDir }) {
    this.rootDir = rootDir
  }

  onRunComplete(_, { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites, testResults }) {
    const target = process.env.npm_lifecycle_event
    if (!/^(test|int|e2e|e2e-.+|faults)$/.test(target)) return
    const failures = testResults.flatMap((file) => failuresOf(file, relative(this.rootDir, file.testFilePath)))
    const skipped = numPendingTests + numTodoTests
    const skippedFor = countSkipped(testResults.flatMap((file) => file.testResults))
    const results = { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped, skippedFor, failures }
    mkdirSync(join(this.rootDir, '.results'), { recursive: true })
    writeFileSync(join(this.rootDir, '.results', `${target}.json`), `${JSON.stringify(results, null, 2)}\n`)
    setTimeout(() => this.fail(), endLimitMs).unref()
  }

  fail() {
    process.stderr.write(`The tests are over, but something that they left open holds the process: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }
}

/** Suites that need a missing server say so at the end of their name. */
function countSkipped(tests) {
  const counts = {}
  for (const { status, ancestorTitles } of tests) {
    const server = /\[needs ([a-z-]+)\]/.exec(ancestorTitles.join(' '))?.[1]
    if (status === 'pending' && server !== undefined) counts[server] = (counts[server] ?? 0) + 1
  }
  return counts
}

function failuresOf({ testExecError, testResults }, file) {
  if (testExecError) return [{ file, name: 'could not be run', message: testExecError.message ?? String(testExecError) }]
  const failed = testResults.filter(({ status }) => status === 'failed')
  return failed.map(({ fullName, failureMessages }) => ({ file, name: fullName, message: failureMessages.join('\n') }))
}

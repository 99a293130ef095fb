import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../start/repository.mjs'

export const testTargets = ['test', 'int', 'e2e', 'faults', 'e2e-all-remote', 'e2e-search-remote']

/** Adds up the results of the tasks of one nx run. A task that failed without a failed test (lint, types, a build, a crash) counts as one failure. */
export function tally(projects, nxRun) {
  const total = { passed: 0, failed: 0, skipped: 0, skippedFor: {}, checks: 0, failures: [] }
  const tasks = new Map(nxRun.tasks.map((task) => [task.taskId, task]))
  for (const { name, folder, targets } of projects) {
    for (const target of targets) addTask(total, { id: `${name}:${target}`, target, folder, status: tasks.get(`${name}:${target}`)?.status })
  }
  return total
}

function addTask(total, { id, target, folder, status }) {
  const isTest = testTargets.includes(target)
  const results = isTest && status !== undefined ? resultsOf(folder, target) : undefined
  if (results !== undefined) {
    total.passed += results.passed
    total.failed += results.failed
    total.skipped += results.skipped
    for (const [server, count] of Object.entries(results.skippedFor ?? {})) total.skippedFor[server] = (total.skippedFor[server] ?? 0) + count
    total.failures.push(...results.failures.map((failure) => ({ ...failure, task: id })))
  }
  if (status === 0 && !isTest) total.checks++
  if (status === 0 || results?.failed > 0) return
  total.failed++
  total.failures.push({ task: id, message: status === undefined ? 'did not run, because a task before it failed' : 'failed; its output is above' })
}

function resultsOf(folder, target) {
  try {
    return JSON.parse(readFileSync(join(root, folder, '.results', `${target}.json`), 'utf8'))
  } catch {
    return undefined
  }
}

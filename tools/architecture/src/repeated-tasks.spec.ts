import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, matchesGlob } from 'node:path'
import { root } from './repository.js'

const edited = 'libs/modules/analytics/src/analytics.service.ts'

/** What nx makes the hash of each task of, as it says itself: files of projects, files of the workspace, packages. */
function plans(): Record<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kilomega-plans-'))
  const file = join(folder, 'graph.json')
  const targets = ['build', 'lint', 'typecheck', 'test', 'int', 'e2e', 'e2e-search-remote', 'e2e-all-remote']
  const { status, stderr } = spawnSync(join(root, 'node_modules/.bin/nx'), ['run-many', '-t', ...targets, `--graph=${file}`], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const { taskPlans } = JSON.parse(readFileSync(file, 'utf8')) as { taskPlans: Record<string, string[]> }
  rmSync(folder, { recursive: true })
  return taskPlans
}

function covers(part: string): boolean {
  if (part.startsWith('@kilomega/analytics:libs/')) return true
  if (!part.startsWith('workspace:[')) return false
  const globs = part.slice('workspace:['.length, -1).split(/,(?=!?\{workspaceRoot\})/)
  const isNamed = (glob: string): boolean => matchesGlob(edited, glob.replace('{workspaceRoot}/', ''))
  return globs.some((glob) => !glob.startsWith('!') && isNamed(glob)) && !globs.some((glob) => glob.startsWith('!') && isNamed(glob.slice(1)))
}

it('An edit in one module repeats its own tasks and those of whoever runs it, and no others', () => {
  const repeated = Object.entries(plans()).filter(([, parts]) => parts.some(covers))
  expect(repeated.map(([task]) => task.replace('@kilomega/', '')).sort()).toEqual([
    ...['build', 'int', 'lint', 'test', 'typecheck'].map((target) => `analytics:${target}`),
    ...['e2e', 'e2e-all-remote', 'e2e-search-remote', 'int', 'test', 'typecheck'].map((target) => `app-api:${target}`),
    'app-worker:typecheck',
    'architecture:test',
    'bindings:typecheck',
    'km:e2e',
  ])
}, 120_000)

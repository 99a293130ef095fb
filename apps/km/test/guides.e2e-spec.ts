import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { processEnvironment } from '@kilomega/config'
import { describeWithOwnNatsAndRedis } from '@kilomega/testing'
import { freePorts } from './command-line.js'
import { FreshCopy } from './fresh-copy.js'
import { type GuideStep, readGuide } from './guide.js'

const minutes = 60_000
const root = join(import.meta.dirname, '../../..')

const steps = ['add-a-module', 'extract-a-module'].flatMap((name) => readGuide(join(root, `docs/guides/${name}.md`)))

const titleOf = (step: GuideStep): string =>
  step.kind === 'command' ? `run ${step.line}` : `${step.kind === 'file' ? 'write' : 'change'} ${step.path}`

/** Replaces `npm test`, which would run this test again: the tests that a new module, port, route or setting can fail. */
const checks = [
  "npx jest -c jest.config.mjs --rootDir tools/architecture --testMatch '**/{module-shape,generated-pages,documents,npm-packages,operations,signals,budgets,routes-without-budget}.spec.ts'",
  "npx jest -c jest.config.mjs --rootDir apps/api --testMatch '**/test/{budgets,examples,foreign,lists,openapi,routes,sql-pages}.e2e-spec.ts'",
].join(' && ')
const typed = (line: string): string => (line === 'npm test' ? checks : line)

describeWithOwnNatsAndRedis('The guides to add a module and to move it out, typed line by line in a fresh clone', () => {
  let copy: FreshCopy
  let environment: Record<string, string | undefined>
  let failed = false

  beforeAll(async () => {
    copy = new FreshCopy()
    const first = await freePorts(10)
    const own = Object.entries(processEnvironment()).filter(
      ([name]) => !/^(NX_|JEST_|npm_|KILOMEGA_|NODE_ENV$|NODE_OPTIONS$|DATABASE_|NATS_|QUEUE_)/.test(name),
    )
    // The usual ports may be in use on this machine, and packages are installed already; everything else is taken literally.
    const ports = { HTTP_PORT: String(first), HTTP_INTERNAL_PORT: String(first + 1) }
    environment = { ...Object.fromEntries(own), ...ports, KILOMEGA_INSTALL: 'no', npm_config_offline: 'true' }
  }, 2 * minutes)
  afterAll(async () => {
    await run('npx km down')
    copy.remove()
  }, 2 * minutes)

  async function run(line: string): Promise<{ line: string; code: number; shown: string }> {
    const child = spawn('bash', ['-c', typed(line)], { cwd: copy.folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>])
    return { line, code, shown: code === 0 ? '' : output + errors }
  }

  async function follow(step: GuideStep): Promise<void> {
    if (step.kind === 'command') return expect(await run(step.line)).toEqual({ line: step.line, code: 0, shown: '' })
    const file = join(copy.folder, step.path)
    if (step.kind === 'file') {
      mkdirSync(dirname(file), { recursive: true })
      return writeFileSync(file, step.text.replaceAll('localhost:3000', `127.0.0.1:${environment['HTTP_PORT']}`))
    }
    const before = readFileSync(file, 'utf8')
    expect({ path: step.path, places: before.split(step.from).length - 1 }).toEqual({ path: step.path, places: 1 })
    writeFileSync(
      file,
      before.replace(step.from, () => step.to),
    )
  }

  it.each(steps.map((step) => [titleOf(step), step] as const))(
    '%s',
    async (_, step) => {
      if (failed) throw new Error('an earlier step failed')
      failed = true
      await follow(step)
      failed = false
    },
    // Each step takes at most half a minute on two idle cores.
    8 * minutes,
  )
})

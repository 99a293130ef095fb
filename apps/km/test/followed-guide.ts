import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Environment, processEnvironment } from '@kilomega/config'
import { freePorts } from './command-line.js'
import { FreshCopy } from './fresh-copy.js'
import { type GuideStep, readGuide } from './guide.js'

const minutes = 60_000
const root = join(import.meta.dirname, '../../..')

export const guide = (name: string): GuideStep[] => readGuide(join(root, `docs/guides/${name}.md`))

/** A fresh clone in which the steps of guides are typed line by line. */
export class FollowedGuide {
  private readonly copy = new FreshCopy()

  private constructor(
    private readonly environment: Environment,
    /** What is run instead of `npm test`, which would run this test again. */
    private readonly checks: string,
  ) {}

  static async open(checks: string, settings: Environment = {}): Promise<FollowedGuide> {
    const first = await freePorts(10)
    const own = Object.entries(processEnvironment()).filter(
      ([name]) => !/^(NX_|JEST_|npm_|KILOMEGA_|NODE_ENV$|NODE_OPTIONS$|DATABASE_|NATS_|QUEUE_)/.test(name),
    )
    // The usual ports may be in use on this machine, and packages are installed already; everything else is taken literally.
    const ports = { HTTP_PORT: String(first), HTTP_INTERNAL_PORT: String(first + 1) }
    return new FollowedGuide({ ...Object.fromEntries(own), ...ports, KILOMEGA_INSTALL: 'no', npm_config_offline: 'true', ...settings }, checks)
  }

  async run(line: string): Promise<{ line: string; code: number; shown: string }> {
    const typed = line === 'npm test' ? this.checks : line
    const child = spawn('bash', ['-c', typed], { cwd: this.copy.folder, env: { ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>])
    return { line, code, shown: code === 0 ? '' : output + errors }
  }

  async follow(step: GuideStep): Promise<void> {
    if (step.kind === 'command') return expect(await this.run(step.line)).toEqual({ line: step.line, code: 0, shown: '' })
    const file = join(this.copy.folder, step.path)
    if (step.kind === 'file') {
      mkdirSync(dirname(file), { recursive: true })
      return writeFileSync(file, step.text.replaceAll('localhost:3000', `127.0.0.1:${this.environment['HTTP_PORT']}`))
    }
    const before = readFileSync(file, 'utf8')
    expect({ path: step.path, places: before.split(step.from).length - 1 }).toEqual({ path: step.path, places: 1 })
    writeFileSync(
      file,
      before.replace(step.from, () => step.to),
    )
  }

  close(): void {
    this.copy.remove()
  }
}

const titleOf = (step: GuideStep): string =>
  step.kind === 'command' ? `run ${step.line}` : `${step.kind === 'file' ? 'write' : 'change'} ${step.path}`

/** One test for each step; after one that failed, the others fail too. */
export function followInOrder(steps: readonly GuideStep[], followed: () => FollowedGuide): void {
  let failed = false
  it.each(steps.map((step) => [titleOf(step), step] as const))(
    '%s',
    async (_, step) => {
      if (failed) throw new Error('an earlier step failed')
      failed = true
      await followed().follow(step)
      failed = false
    },
    // Each step takes at most half a minute on two idle cores.
    8 * minutes,
  )
}

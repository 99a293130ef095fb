import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { eventually } from '@kilomega/testing'
import { picture } from '../../test/pictures.js'
import { commandOf } from './render-priority.js'
import { SharpRenderer } from './renderer.sharp.js'
import { describeRenderer } from './renderer.suite.js'

const config = { maxPixels: 50_000_000, maxFrames: 100, renderTimeoutMs: 30_000, renderIdleMs: 10_000, renderMemoryMb: 512 }
const opened: SharpRenderer[] = []
const open = (changes: Partial<typeof config> = {}) => {
  const renderer = new SharpRenderer({ ...config, ...changes })
  opened.push(renderer)
  return renderer
}
afterEach(() => opened.splice(0).forEach((renderer) => renderer.onApplicationShutdown()))

const shared = new SharpRenderer(config)
afterAll(() => shared.onApplicationShutdown())
describeRenderer('sharp', () => shared)

describe('a rendering process', () => {
  let folder: string
  let photo: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rendering-'))
    photo = join(folder, 'photo')
    await writeFile(photo, await picture(4_000, 3_000).jpeg({ quality: 90 }).toBuffer())
  })
  afterAll(() => rm(folder, { recursive: true }))

  const hashes = (renderer: SharpRenderer) => renderer.render(photo, async ({ files }) => files.map(({ hash }) => hash))
  /** The folder for a process's results, from its command line. */
  const scratchOf = (pid: number) => /"scratch":"([^"]+)"/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))![1]!
  const isGone = (pid: number) => !readdirSync('/proc').includes(String(pid))

  it('is reused, and replaced if it was killed, with the same outcome', async () => {
    const renderer = open()
    const first = await hashes(renderer)
    const [pid] = renderer.pids
    expect(await hashes(renderer)).toEqual(first)
    expect(renderer.pids).toEqual([pid])
    process.kill(pid!, 'SIGKILL')
    await eventually(() => isGone(pid!))
    expect(await hashes(renderer)).toEqual(first)
    expect(renderer.pids).not.toContain(pid)
  })

  it('that is killed while working ends only its own work', async () => {
    const renderer = open()
    const [killed, neighbour] = [hashes(renderer), hashes(renderer)]
    await eventually(() => renderer.pids.length === 2)
    // The newer process has just started, and 12 megapixels take half a second at least.
    process.kill(renderer.pids[1]!, 'SIGKILL')
    const outcomes = await Promise.allSettled([killed, neighbour])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'RendererDied', reason: 'RENDERER_DIED' } })
  })

  it('that takes too long is ended', async () => {
    const renderer = open({ renderTimeoutMs: 20 })
    await expect(hashes(renderer)).rejects.toMatchObject({ name: 'RendererDied', reason: 'TIMED_OUT' })
  })

  it('that uses too much memory is ended', async () => {
    const large = join(folder, 'large')
    // Progressive: all of its 25 megapixels are in memory before the first line is output.
    await writeFile(large, await picture(5_000, 5_000).jpeg({ progressive: true }).toBuffer())
    await expect(open({ renderMemoryMb: 128 }).render(large, async () => {})).rejects.toMatchObject({ name: 'RendererDied', reason: 'OUT_OF_MEMORY' })
  })

  it('works at the lowest priority in all its threads, without our environment', async () => {
    const renderer = open()
    await hashes(renderer)
    const [pid] = renderer.pids
    const threads = readdirSync(`/proc/${pid}/task`).map((task) => priorityOf(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')))
    expect(threads.length).toBeGreaterThan(4)
    expect(new Set(threads)).toEqual(new Set([(await commandOf('idle')).includes('chrt') ? '19 idle' : '19 normal']))
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('PATH=')
  })

  it('finishes on a machine whose processors are all busy, and continues with its own share', async () => {
    const busy = availableParallelism() + 1
    const neighbours = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
    try {
      const renderer = open({ renderIdleMs: 500 })
      await hashes(renderer)
      await hashes(renderer)
      expect(renderer.pids).toHaveLength(1)
      expect(priorityOf(readFileSync(`/proc/${renderer.pids[0]}/stat`, 'utf8'))).toBe('5 normal')
    } finally {
      for (const neighbour of neighbours) neighbour.kill('SIGKILL')
    }
  }, 60_000)

  it('removes its folder when it ends', async () => {
    const renderer = open()
    await hashes(renderer)
    const pid = renderer.pids[0]!
    const scratch = scratchOf(pid)
    expect(readdirSync(scratch).sort()).toEqual(['avif-800', 'jpeg-400', 'webp-1600'])
    renderer.onApplicationShutdown()
    expect(existsSync(scratch)).toBe(false)
    await eventually(() => isGone(pid))
  })

  it('does not hold up the event loop of its parent', async () => {
    const renderer = open()
    await hashes(renderer)
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    await Promise.all([hashes(renderer), hashes(renderer)])
    delay.disable()
    expect(delay.percentile(99) / 1e6).toBeLessThan(100)
  })

  it('reports that it cannot work, without blaming the picture', async () => {
    const renderer = open()
    await hashes(renderer)
    await rm(scratchOf(renderer.pids[0]!), { recursive: true })
    await expect(hashes(renderer)).rejects.toThrow('ENOENT')
  })
})

/** Niceness and scheduling class, fields 19 and 41 of the stat file; the second field may contain spaces, but ends with a bracket. */
function priorityOf(stat: string): string {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return `${fields[16]} ${fields[38] === '5' ? 'idle' : 'normal'}`
}

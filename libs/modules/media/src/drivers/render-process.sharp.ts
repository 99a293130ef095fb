import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MediaConfig } from '../media.config.js'
import { Made } from './made.js'
import { outOfMemoryExit, type RenderAnswer, type RenderRequest, type RenderSettings, timedOutExit } from './render-messages.js'
import { commandOf, type RenderPriority } from './render-priority.js'
import { BadPicture, type Rendered, RendererDied } from './renderer.js'

/** Always the built file, even if this one runs from its source in a test: a child process does not have the test runner's compiler. */
const entry = fileURLToPath(new URL('../../dist/drivers/render-child.sharp.js', import.meta.url))
const startTimeoutMs = 60_000
/** Elapsed time allowed per millisecond of CPU limit: at a low priority a busy machine leaves little. Ends a process that hangs without using CPU. */
const elapsedPerCpu = 20

/** The lowest priority got too little CPU, or none. It says nothing about the picture. */
export class RendererStarved extends Error {}

interface Waiting {
  resolve: (answer: RenderAnswer) => void
  reject: (error: Error) => void
}

/** One rendering process, which works on one picture at a time. */
export class RenderProcess {
  /** The number of pictures so far. */
  pictures = 0
  private readonly child: ChildProcess
  private waiting: Waiting | undefined
  private lastWords = ''
  private deathReason: RendererDied['reason'] = 'RENDERER_DIED'

  private constructor(
    private readonly config: MediaConfig,
    private readonly scratch: string,
    readonly priority: RenderPriority,
    command: string[],
  ) {
    const { maxPixels, maxFrames, renderMemoryMb: memoryMb, renderTimeoutMs: cpuMs } = config
    this.child = forkWithPriority({ scratch, maxPixels, maxFrames, memoryMb, cpuMs }, command)
    this.child.stderr!.on('data', (text: Buffer) => (this.lastWords = (this.lastWords + text.toString()).slice(-1_000)))
    this.child.on('message', (answer: RenderAnswer) => this.waiting?.resolve(answer))
    this.child.on('error', (error) => this.giveUpOn(error))
    this.child.once('exit', (code) => this.onExit(code))
  }

  /** Rejects with `RendererStarved` if a process at idle priority does not start within its time. */
  static async start(config: MediaConfig, priority: RenderPriority): Promise<RenderProcess> {
    if (!existsSync(entry)) throw new Error(`${entry} is missing: build the package first`)
    const command = await commandOf(priority)
    const started = new RenderProcess(config, mkdtempSync(join(tmpdir(), 'kilomega-render-')), priority, command)
    await started.answer(startTimeoutMs).catch((error: Error) => {
      started.stop()
      if (error instanceof RendererStarved) throw error
      // Not a RendererDied: no picture was involved.
      throw new Error(`the renderer does not start: ${error.message}`, { cause: error })
    })
    return started
  }

  get pid(): number {
    return this.child.pid!
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.connected
  }

  /** Rejects with `RendererStarved` if a process at idle priority does not finish within its time. */
  async render(source: string): Promise<Rendered> {
    this.pictures += 1
    const answering = this.answer(this.config.renderTimeoutMs * elapsedPerCpu)
    this.child.send({ source } satisfies RenderRequest)
    const answer = await answering
    if (answer.kind === 'made') return this.rendered(Made.parse(answer.made))
    if (answer.kind === 'bad') throw new BadPicture(answer.reason)
    throw new Error(answer.kind === 'error' ? answer.message : 'the renderer answered out of turn')
  }

  stop(): void {
    this.child.kill('SIGKILL')
    this.removeScratch()
  }

  /** A process without work does not keep this one alive. */
  unref(): void {
    for (const handle of this.handles) handle?.unref()
  }

  private answer(timeoutMs: number): Promise<RenderAnswer> {
    for (const handle of this.handles) handle?.ref()
    const idle = this.priority === 'idle'
    const timer = setTimeout(() => this.overdue(idle), idle ? this.config.renderIdleMs : timeoutMs)
    return new Promise<RenderAnswer>((resolve, reject) => (this.waiting = { resolve, reject })).finally(() => clearTimeout(timer))
  }

  private overdue(idle: boolean): void {
    if (idle) this.waiting?.reject(new RendererStarved(`not done within ${this.config.renderIdleMs} ms at the lowest priority`))
    else this.deathReason = 'TIMED_OUT'
    this.stop()
  }

  private get handles() {
    return [this.child, this.child.channel, this.child.stderr as Socket | null]
  }

  private rendered({ renditions, ...made }: Made): Rendered {
    return { ...made, files: renditions.map((rendition) => ({ ...rendition, path: join(this.scratch, rendition.name) })) }
  }

  /** Either the process does not exist, or it cannot be reached: then it is stopped, and its exit rejects the caller. */
  private giveUpOn(error: Error): void {
    if (this.child.pid === undefined) this.waiting?.reject(error)
    else this.stop()
  }

  private onExit(code: number | null): void {
    this.removeScratch()
    if (code === outOfMemoryExit) this.deathReason = 'OUT_OF_MEMORY'
    if (code === timedOutExit) this.deathReason = 'TIMED_OUT'
    this.waiting?.reject(new RendererDied(this.deathReason, this.lastWords))
  }

  private removeScratch(): void {
    rmSync(this.scratch, { recursive: true, force: true })
  }
}

/**
 * glibc keeps freed memory in one arena per thread. With these settings a process stays at 160 MB over 150 photographs; without them it grows to 370 MB
 * and is 10% slower. Other allocators ignore them.
 */
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

/**
 * The priority is set by the programs that start the child, because setting it later would miss existing threads, and those decode. The child gets an
 * empty environment: it needs none, and ours contains secrets.
 */
function forkWithPriority(settings: RenderSettings, command: string[]): ChildProcess {
  const [execPath = process.execPath, ...execArgv] = [...command, process.execPath]
  return fork(entry, [JSON.stringify(settings)], {
    execPath,
    execArgv,
    env: { UV_THREADPOOL_SIZE: '2', ...allocator },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

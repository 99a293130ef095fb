import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { MediaConfig } from '../media.config.js'
import type { RenderPriority } from './render-priority.js'
import { RenderProcess, RendererStarved } from './render-process.sharp.js'
import { type Rendered, Renderer } from './renderer.js'

/** A process is replaced after this many pictures, so that leaks of a decoder do not add up. */
const picturesPerProcess = 200
/** An unused process holds up to 170 MB; starting one takes 0.3 s. */
const restMs = 60_000
/** After a picture got too little CPU at the lowest priority, how long the following ones skip it, in milliseconds. */
const busyForMs = 60_000

/**
 * Runs sharp in separate processes at the lowest priority: decoders may crash, hang or grow there without affecting the event loop or the thread pool of
 * this process. If the machine is busy for long, nothing is left for the lowest priority; then they get a small share of their own. There are as many
 * processes as concurrent pictures, which the queue's concurrency limits; they are reused.
 */
@Injectable()
export class SharpRenderer extends Renderer implements OnApplicationShutdown {
  private readonly processes = new Set<RenderProcess>()
  private readonly resting = new Map<RenderProcess, NodeJS.Timeout>()
  private busyUntilMs = -Infinity

  constructor(private readonly config: MediaConfig) {
    super()
  }

  async render<T>(source: string, use: (rendered: Rendered) => Promise<T>): Promise<T> {
    if (performance.now() < this.busyUntilMs) return this.renderAt('low', source, use)
    try {
      return await this.renderAt('idle', source, use)
    } catch (error) {
      if (!(error instanceof RendererStarved)) throw error
      this.busyUntilMs = performance.now() + busyForMs
      return this.renderAt('low', source, use)
    }
  }

  /** Process ids, for monitoring their resources. */
  get pids(): number[] {
    return [...this.processes].map(({ pid }) => pid)
  }

  /** Called after the queues have closed, so normally no process is working. */
  onApplicationShutdown(): void {
    for (const renderer of this.processes) this.end(renderer)
  }

  private async renderAt<T>(priority: RenderPriority, source: string, use: (rendered: Rendered) => Promise<T>): Promise<T> {
    const renderer = this.take(priority) ?? (await this.start(priority))
    try {
      return await use(await renderer.render(source))
    } finally {
      this.giveBack(renderer)
    }
  }

  private take(priority: RenderPriority): RenderProcess | undefined {
    for (const [renderer, timer] of this.resting) {
      if (renderer.isAlive && renderer.priority !== priority) continue
      clearTimeout(timer)
      this.resting.delete(renderer)
      if (renderer.isAlive) return renderer
      this.processes.delete(renderer)
    }
    return undefined
  }

  private async start(priority: RenderPriority): Promise<RenderProcess> {
    const renderer = await RenderProcess.start(this.config, priority)
    this.processes.add(renderer)
    return renderer
  }

  private giveBack(renderer: RenderProcess): void {
    if (!renderer.isAlive || renderer.pictures >= picturesPerProcess) return this.end(renderer)
    renderer.unref()
    this.resting.set(renderer, setTimeout(() => this.end(renderer), restMs).unref())
  }

  private end(renderer: RenderProcess): void {
    clearTimeout(this.resting.get(renderer))
    this.resting.delete(renderer)
    this.processes.delete(renderer)
    renderer.stop()
  }
}

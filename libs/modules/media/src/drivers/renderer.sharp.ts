import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { MediaConfig } from '../media.config.js'
import type { RenderPriority } from './render-priority.js'
import { RenderProcess, RendererStarved } from './render-process.sharp.js'
import { type Rendered, Renderer } from './renderer.js'

/** A process is replaced after this many pictures, so that what a decoder leaks does not add up. */
const picturesPerProcess = 200
/** An unused process holds up to 170 MB; starting one takes 0.3 s. */
const restMs = 60_000
/** After a picture got too little at the lowest priority, how long the next ones do not try it again, milliseconds. */
const busyForMs = 60_000

/**
 * sharp in processes of its own at the lowest priority: decoders may crash, hang or grow there, and neither the event loop nor the thread pool
 * of this process feels their work. A machine that is busy for long leaves nothing for the lowest priority; then they get a small share of their own.
 * As many processes as pictures at once, which the queue's concurrency limits; they are used again.
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

  /** Process ids, for whoever watches what they use. */
  get pids(): number[] {
    return [...this.processes].map(({ pid }) => pid)
  }

  /** After the queues have closed, so normally nothing is at work. */
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
    renderer.rest()
    this.resting.set(renderer, setTimeout(() => this.end(renderer), restMs).unref())
  }

  private end(renderer: RenderProcess): void {
    clearTimeout(this.resting.get(renderer))
    this.resting.delete(renderer)
    this.processes.delete(renderer)
    renderer.stop()
  }
}

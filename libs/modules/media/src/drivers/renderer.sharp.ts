import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { MediaConfig } from '../media.config.js'
import { RenderProcess } from './render-process.sharp.js'
import { type Rendered, Renderer } from './renderer.js'

/** A process is replaced after this many pictures, so that what a decoder leaks does not add up. */
const picturesPerProcess = 200
/** An unused process holds up to 170 MB; starting one takes 0.3 s. */
const restMs = 60_000

/**
 * sharp in processes of its own at the lowest priority: decoders may crash, hang or grow there, and neither the event loop nor the thread pool
 * of this process feels their work. As many processes as pictures at once, which the queue's concurrency limits; they are used again.
 */
@Injectable()
export class SharpRenderer extends Renderer implements OnApplicationShutdown {
  private readonly processes = new Set<RenderProcess>()
  private readonly resting = new Map<RenderProcess, NodeJS.Timeout>()

  constructor(private readonly config: MediaConfig) {
    super()
  }

  async render<T>(source: string, use: (rendered: Rendered) => Promise<T>): Promise<T> {
    const renderer = this.take() ?? (await this.start())
    try {
      return await use(await renderer.render(source))
    } finally {
      this.giveBack(renderer)
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

  private take(): RenderProcess | undefined {
    for (const [renderer, timer] of this.resting) {
      clearTimeout(timer)
      this.resting.delete(renderer)
      if (renderer.isAlive) return renderer
      this.processes.delete(renderer)
    }
    return undefined
  }

  private async start(): Promise<RenderProcess> {
    const renderer = await RenderProcess.start(this.config)
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

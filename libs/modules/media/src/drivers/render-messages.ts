import type { PictureLimits } from '../picture-size.js'
import type { Made } from './made.js'

/** What a rendering process is told once, as its argument. */
export interface RenderSettings extends PictureLimits {
  /** Folder of its own for what it makes. */
  scratch: string
  memoryMb: number
  /** CPU time for one picture, milliseconds. */
  cpuMs: number
}

export interface RenderRequest {
  source: string
}

/** Paths and numbers travel, never pixels. `ready` comes once, after the start. */
export type RenderAnswer = { kind: 'ready' } | { kind: 'made'; made: Made } | { kind: 'bad'; reason: string } | { kind: 'error'; message: string }

/** The exit codes with which a rendering process ends itself when it uses more than it may. */
export const outOfMemoryExit = 71
export const timedOutExit = 72

import type { PictureLimits } from '../picture-size.js'
import type { Made } from './made.js'

/** The settings of a rendering process, passed once as its argument. */
export interface RenderSettings extends PictureLimits {
  /** Its own folder for its results. */
  scratch: string
  memoryMb: number
  /** CPU time for one picture, in milliseconds. */
  cpuMs: number
}

export interface RenderRequest {
  source: string
}

/** Only paths and numbers are sent, never pixels. `ready` is sent once, after the start. */
export type RenderAnswer = { kind: 'ready' } | { kind: 'made'; made: Made } | { kind: 'bad'; reason: string } | { kind: 'error'; message: string }

/** The exit codes with which a rendering process ends itself when it exceeds its limits. */
export const outOfMemoryExit = 71
export const timedOutExit = 72

import type { Rendition } from '@kilomega/contracts'

/** A rendition as a file on this machine. */
export interface RenderedFile extends Rendition {
  path: string
}

export interface Rendered {
  /** Of the upright original. */
  width: number
  height: number
  /** Base64. */
  thumbhash: string
  files: RenderedFile[]
}

/** The picture cannot be rendered, however often it is tried. `reason` is a code for programs. */
export class BadPicture extends Error {
  override readonly name = 'BadPicture'

  constructor(readonly reason: string) {
    super(`the picture cannot be rendered: ${reason}`)
  }
}

/** The renderer ended while working: by itself, out of memory, or because it took too long. The picture may be the cause, or not. */
export class RendererDied extends Error {
  override readonly name = 'RendererDied'

  constructor(
    readonly reason: 'OUT_OF_MEMORY' | 'TIMED_OUT' | 'RENDERER_DIED',
    lastWords: string,
  ) {
    super(`the renderer ended at work: ${reason} ${lastWords}`.trimEnd())
  }
}

/**
 * Makes the three renditions and the thumbhash of a picture: upright, in sRGB, without any metadata, first frame only, never larger than the
 * original. The same file always gives the same bytes. It must not burden the process that calls it.
 */
export abstract class Renderer {
  /** Calls `use` with files that exist until it has finished. Rejects with `BadPicture` or `RendererDied`; any other error is our own fault and may be temporary. */
  abstract render<T>(source: string, use: (rendered: Rendered) => Promise<T>): Promise<T>
}

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

/** The picture cannot be rendered, however often one tries. `reason` is a code for programs. */
export class BadPicture extends Error {
  override readonly name = 'BadPicture'

  constructor(readonly reason: string) {
    super(`the picture cannot be rendered: ${reason}`)
  }
}

/** The renderer ended while it was at work: by itself, for want of memory, or because it took too long. The picture may be why, or not. */
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
 * original. The same file gives the same bytes. It must not burden the process that calls it.
 */
export abstract class Renderer {
  /** `use` gets files that are there while it runs. Rejects with `BadPicture` or `RendererDied`; anything else is our own fault and may pass. */
  abstract render<T>(source: string, use: (rendered: Rendered) => Promise<T>): Promise<T>
}

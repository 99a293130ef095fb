import type { PictureType } from './detect-type.js'
import { measureAvif } from './measure-avif.js'
import { measureGif } from './measure-gif.js'
import { measureJpeg } from './measure-jpeg.js'
import { measurePng } from './measure-png.js'
import { measureWebp } from './measure-webp.js'
import type { PictureSize } from './picture-size.js'

/** The headers of nearly all pictures end within this many bytes; longer ones are measured by the renderer, under the same limits. */
export const headBytes = 256 * 1024

const measures: Record<PictureType, (head: Buffer) => PictureSize | undefined> = {
  jpeg: measureJpeg,
  png: measurePng,
  gif: measureGif,
  webp: measureWebp,
  avif: measureAvif,
}

/**
 * Size and frames, as far as the first bytes show them; otherwise undefined. Pure, never throws, at most one pass over the bytes: it runs on the event
 * loop of the API, so nothing is decoded. A false header is detected by the renderer, which checks what it decodes.
 */
export const measurePicture = (head: Buffer, type: PictureType): PictureSize | undefined => measures[type](head)

export interface PictureSize {
  width: number
  height: number
  /** 1 unless it is an animation. */
  frames: number
}

export interface PictureLimits {
  /** Width × height × frames. */
  maxPixels: number
  maxFrames: number
}

export type Excess = 'TOO_MANY_FRAMES' | 'TOO_MANY_PIXELS'

/** A size, unless one of its numbers is impossible. */
export const pictureSize = (width: number, height: number, frames = 1): PictureSize | undefined =>
  width > 0 && height > 0 && frames > 0 ? { width, height, frames } : undefined

/** The limit that a picture exceeds. Decoding costs memory and time by pixels, however small the file is: 782 KB may contain 268 megapixels. */
export function excessOf({ width, height, frames }: PictureSize, { maxPixels, maxFrames }: PictureLimits): Excess | undefined {
  if (frames > maxFrames) return 'TOO_MANY_FRAMES'
  return width * height * frames > maxPixels ? 'TOO_MANY_PIXELS' : undefined
}

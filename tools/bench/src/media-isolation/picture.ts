import sharp from 'sharp'

/** A JPEG with grain, which takes longer to encode than a photograph of the same size. */
export function makePicture(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  return sharp({ create: { width, height, channels: 3, background: { r: 128, g: 128, b: 128 }, noise } })
    .jpeg({ quality: 85 })
    .toBuffer()
}

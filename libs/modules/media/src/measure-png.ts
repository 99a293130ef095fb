import { type PictureSize, pictureSize } from './picture-size.js'

/** The first chunk of a PNG is IHDR. Animated PNGs count as one frame, because only their first is decoded. */
export function measurePng(head: Buffer): PictureSize | undefined {
  if (head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return pictureSize(head.readUInt32BE(16), head.readUInt32BE(20))
}

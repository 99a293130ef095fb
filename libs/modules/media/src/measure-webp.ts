import { type PictureSize, pictureSize } from './picture-size.js'

/** The first chunk of a WebP says which of three forms it has: lossy, lossless, extended (with animation). */
export function measureWebp(head: Buffer): PictureSize | undefined {
  if (head.length < 30) return undefined
  const form = head.toString('latin1', 12, 16)
  if (form === 'VP8 ') return pictureSize(head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff)
  if (form === 'VP8L') return losslessSize(head.readUInt32LE(21))
  if (form !== 'VP8X') return undefined
  const isAnimated = (head[20]! & 0x02) !== 0
  return pictureSize(head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1, isAnimated ? Math.max(countFrames(head), 1) : 1)
}

/** 14 bits of width, 14 bits of height, each minus one. */
const losslessSize = (bits: number): PictureSize | undefined => pictureSize((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)

function countFrames(head: Buffer): number {
  let frames = 0
  for (let at = 12; at + 8 <= head.length; at += 8 + evenLength(head.readUInt32LE(at + 4))) {
    if (head.toString('latin1', at, at + 4) === 'ANMF') frames += 1
  }
  return frames
}

/** Chunks are padded to an even length. */
const evenLength = (length: number): number => length + (length % 2)

import { type PictureSize, pictureSize } from './picture-size.js'

const extension = 0x21
const image = 0x2c

/** Counts images block by block, because a GIF does not state their number. Images beyond the given bytes are not counted. */
export function measureGif(head: Buffer): PictureSize | undefined {
  if (head.length < 13) return undefined
  let frames = 0
  let at = 13 + colourTableBytes(head[10]!)
  while (at < head.length) {
    const block = head[at]
    if (block === image) {
      frames += 1
      at = behindParts(head, at + 11 + colourTableBytes(head[at + 9] ?? 0))
    } else if (block === extension) at = behindParts(head, at + 2)
    else break
  }
  return pictureSize(head.readUInt16LE(6), head.readUInt16LE(8), Math.max(frames, 1))
}

const colourTableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))

/** Data comes in parts of up to 255 bytes, each preceded by its length; a length of 0 ends them. */
function behindParts(head: Buffer, start: number): number {
  let at = start
  while (at < head.length && head[at] !== 0) at += 1 + head[at]!
  return at + 1
}

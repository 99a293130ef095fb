import { type PictureSize, pictureSize } from './picture-size.js'

/** Walks from segment to segment (FF, marker, length) to the frame header, which comes after EXIF, profiles and thumbnails. */
export function measureJpeg(head: Buffer): PictureSize | undefined {
  let at = 2
  while (at + 9 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1]!
    if (isFrameHeader(marker)) return pictureSize(head.readUInt16BE(at + 7), head.readUInt16BE(at + 5))
    if (marker === fill) at += 1
    else at += hasNoLength(marker) ? 2 : 2 + head.readUInt16BE(at + 2)
  }
  return undefined
}

const fill = 0xff
/** All of C0 to CF except Huffman tables (C4), an extension (C8) and arithmetic tables (CC). */
const isFrameHeader = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

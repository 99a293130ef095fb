import { type PictureSize, pictureSize } from './picture-size.js'

interface Box {
  type: string
  content: Buffer
}

/** An AVIF lists the sizes of all its parts (tiles, thumbnail, whole picture) in `meta/iprp/ipco/ispe`: the largest is the picture. */
export function measureAvif(head: Buffer): PictureSize | undefined {
  const meta = find(head, 'meta')?.subarray(4)
  const properties = meta && find(find(meta, 'iprp') ?? none, 'ipco')
  if (properties === undefined) return undefined
  let largest: PictureSize | undefined
  for (const { type, content } of boxesOf(properties)) {
    if (type !== 'ispe' || content.length < 12) continue
    const size = pictureSize(content.readUInt32BE(4), content.readUInt32BE(8))
    if (size !== undefined && size.width * size.height > (largest?.width ?? 0) * (largest?.height ?? 0)) largest = size
  }
  return largest
}

const none = Buffer.alloc(0)

function find(bytes: Buffer, wanted: string): Buffer | undefined {
  for (const { type, content } of boxesOf(bytes)) if (type === wanted) return content
  return undefined
}

/** Boxes are length, type, content. In files that encoders make, a length of 0 (to the end) or 1 (64 bits) never occurs before a size. */
function* boxesOf(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    if (length < 8) return
    yield { type: bytes.toString('latin1', at + 4, at + 8), content: bytes.subarray(at + 8, at + length) }
    at += length
  }
}

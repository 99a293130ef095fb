import { open, readFile } from 'node:fs/promises'
import { detectType } from '../detect-type.js'

/** A file as the decoder takes it. */
export interface Mended {
  input: string | Buffer
  /** Of what was added nothing may be missed: what is decoded with a warning is not whole. */
  strict: boolean
  /** What a browser shows of it, where it says so itself: px from the upper left corner. */
  screen?: { width: number; height: number }
}

const headBytes = 256
const endOfJpeg = Buffer.from([0xff, 0xd9])

/** What every browser shows and libvips refuses, or shows otherwise; everything else is taken as it is. */
export async function mendPicture(source: string): Promise<Mended> {
  const { head, tail } = await edgesOf(source)
  const type = detectType(head)
  if (type === 'jpeg' && !tail.includes(endOfJpeg)) return { input: await endedJpeg(source, tail), strict: true }
  // libheif looks at the major brand alone, and knows none for a sequence, whose first picture it reads as any other.
  if (type === 'avif' && head.toString('latin1', 8, 12) !== 'avif') return { input: await brandedAvif(source), strict: false }
  // A canvas that grows with frames that stick out is libvips' idea.
  if (type === 'gif') return { input: source, strict: false, screen: { width: head.readUInt16LE(6), height: head.readUInt16LE(8) } }
  return { input: source, strict: false }
}

/** A camera that was switched off, or a copy that lost its last bytes: nothing of the picture itself may be missing. */
async function endedJpeg(source: string, tail: Buffer): Promise<Buffer> {
  const hasHalf = tail.at(-1) === endOfJpeg[0]
  return Buffer.concat([await readFile(source), hasHalf ? endOfJpeg.subarray(1) : endOfJpeg])
}

async function brandedAvif(source: string): Promise<Buffer> {
  const file = await readFile(source)
  file.write('avif', 8, 'latin1')
  return file
}

/** Programs write what they like behind the end of a JPEG, so that its marker is looked for in more than the last two bytes. */
async function edgesOf(source: string): Promise<{ head: Buffer; tail: Buffer }> {
  const file = await open(source)
  try {
    const { size } = await file.stat()
    const read = async (position: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(headBytes), position })
      return buffer.subarray(0, bytesRead)
    }
    return { head: await read(0), tail: await read(Math.max(0, size - headBytes)) }
  } finally {
    await file.close()
  }
}

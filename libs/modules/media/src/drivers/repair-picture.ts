import { open, readFile } from 'node:fs/promises'
import { detectType } from '../detect-type.js'

/** A file in a form that the decoder accepts. */
export interface RepairedPicture {
  input: string | Buffer
  /** True if something was added: then a decoder warning means that the picture is incomplete. */
  strict: boolean
  /** The visible part in a browser, if the file states it: in pixels from the upper left corner. */
  screen?: { width: number; height: number }
}

const headBytes = 256
const endOfJpeg = Buffer.from([0xff, 0xd9])

/** Repairs files that every browser shows but libvips refuses or shows differently; all others are left as they are. */
export async function repairPicture(source: string): Promise<RepairedPicture> {
  const { head, tail } = await edgesOf(source)
  const type = detectType(head)
  if (type === 'jpeg' && !tail.includes(endOfJpeg)) return { input: await endedJpeg(source, tail), strict: true }
  // libheif looks only at the major brand and does not know that of a sequence, although it can read its first picture like any other.
  if (type === 'avif' && head.toString('latin1', 8, 12) !== 'avif') return { input: await brandedAvif(source), strict: false }
  // libvips enlarges the canvas for frames that extend beyond it; browsers do not.
  if (type === 'gif') return { input: source, strict: false, screen: { width: head.readUInt16LE(6), height: head.readUInt16LE(8) } }
  return { input: source, strict: false }
}

/** The camera was switched off, or a copy lost its last bytes: the picture itself must be complete. */
async function endedJpeg(source: string, tail: Buffer): Promise<Buffer> {
  const hasHalf = tail.at(-1) === endOfJpeg[0]
  return Buffer.concat([await readFile(source), hasHalf ? endOfJpeg.subarray(1) : endOfJpeg])
}

async function brandedAvif(source: string): Promise<Buffer> {
  const file = await readFile(source)
  file.write('avif', 8, 'latin1')
  return file
}

/** Programs append arbitrary data to a JPEG, so its end marker is searched in more than the last two bytes. */
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

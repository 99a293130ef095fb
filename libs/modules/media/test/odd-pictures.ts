import { crc32 } from 'node:zlib'
import { picture } from './pictures.js'

/** 10 × 10 px with several frames at the given positions, each of one colour; the first is green, the others red. */
export function gifWithFrames(...frames: { left: number; top: number; width: number; height: number }[]): Buffer {
  const header = Buffer.from([...Buffer.from('GIF89a'), 10, 0, 10, 0, 0x80, 0, 0, 0, 255, 0, 255, 0, 0])
  const parts = frames.map(({ left, top, width, height }, index) => {
    const descriptor = Buffer.alloc(10)
    descriptor[0] = 0x2c
    ;[left, top, width, height].forEach((value, at) => descriptor.writeUInt16LE(value, 1 + at * 2))
    return Buffer.concat([descriptor, pixels(width * height, Math.min(index, 1))])
  })
  return Buffer.concat([header, ...parts, Buffer.from([0x3b])])
}

/** This many pixels of one colour as LZW whose table never grows: a clear code precedes each of them. */
function pixels(count: number, colour: number): Buffer {
  const codes = [...Array.from({ length: count }, () => [4, colour]).flat(), 5]
  const bytes: number[] = []
  let [bits, held] = [0, 0]
  for (const code of codes) {
    held |= code << bits
    for (bits += 3; bits >= 8; bits -= 8, held >>= 8) bytes.push(held & 0xff)
  }
  bytes.push(held)
  const blocks = Array.from({ length: Math.ceil(bytes.length / 255) }, (_, at) => bytes.slice(at * 255, (at + 1) * 255))
  return Buffer.from([2, ...blocks.flatMap((block) => [block.length, ...block]), 0])
}

/** An animated PNG that claims this many frames and contains one picture. */
export async function apng(frames: number): Promise<Buffer> {
  const png = await picture(30, 20).png().toBuffer()
  const content = Buffer.concat([Buffer.from('acTL'), Buffer.alloc(8)])
  content.writeUInt32BE(frames, 4)
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(8)
  check.writeUInt32BE(crc32(content))
  const behindHeader = 33
  return Buffer.concat([png.subarray(0, behindHeader), length, content, check, png.subarray(behindHeader)])
}

/** An AVIF with the given brands in its first box: the major brand, then the compatible ones. */
export async function avifBranded(major: string, ...compatible: string[]): Promise<Buffer> {
  const avif = await picture(64, 48).avif({ effort: 0 }).toBuffer()
  const old = avif.readUInt32BE(0)
  const room = (old - 16) / 4
  const brands = [...compatible, ...Array<string>(room).fill('mif1')].slice(0, room)
  return Buffer.concat([avif.subarray(0, 8), Buffer.from(major), Buffer.alloc(4), Buffer.from(brands.join('')), avif.subarray(old)])
}

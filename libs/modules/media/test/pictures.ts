import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** A picture with colours, edges and grain, the same every time: left half red, right half blue, a green bar on top. */
export function picture(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3
      const grain = (x * 7919 + y * 104_729) % 23
      data[at] = x < width / 2 ? 200 + grain : grain
      data[at + 1] = y < height / 8 ? 220 : grain
      data[at + 2] = x < width / 2 ? grain : 200 + grain
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** An animation whose frames differ, so that no encoder merges them. */
export function animation(frames: number, side = 8): Sharp {
  const data = Buffer.alloc(side * side * frames * 3, 20)
  for (let frame = 0; frame < frames; frame += 1) data.fill((frame * 83) % 256, frame * side * side * 3, (frame + 1) * side * side * 3 - side * 3)
  return sharp(data, { raw: { width: side, height: side * frames, channels: 3, pageHeight: side } })
}

export const secret = 'Canary-51.4778N'

/** A JPEG as a phone makes it, with location, maker and a comment in its EXIF. `orientation` says how to rotate it to see it upright. */
export const tagged = (width: number, height: number, orientation: number): Promise<Buffer> =>
  picture(width, height)
    .withMetadata({ orientation, exif: { IFD0: { Copyright: secret, Make: secret }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 28/1 40/1' } } })
    .withXmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="${secret}"/></rdf:RDF></x:xmpmeta>`,
    )
    .jpeg({ quality: 90 })
    .toBuffer()

/** A PNG of one colour, of any size, in a small file: 1 bit per pixel. 16,383 × 16,383 px are 33 KB. */
export function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}

/** A GIF of many frames of one pixel, 22 bytes each. */
export function manyFramesGif(frames: number): Buffer {
  const header = Buffer.from('47494638396101000100800000ffffff000000', 'hex')
  const frame = Buffer.from('21f90400000000002c0000000001000100000202440100', 'hex')
  return Buffer.concat([header, ...Array.from({ length: frames }, () => frame), Buffer.from('3b', 'hex')])
}

export const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>')

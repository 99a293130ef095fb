import { array, assert, constantFrom, property, uint8Array } from 'fast-check'
import { animation, hugePng, manyFramesGif, picture, svg, tagged } from '../test/pictures.js'
import { avifSequence } from '../test/avif-sequence.js'
import { detectType, type PictureType } from './detect-type.js'
import { headBytes, measurePicture } from './measure-picture.js'
import { excessOf } from './picture-size.js'

const measured = (file: Buffer) => {
  const head = file.subarray(0, headBytes)
  const type = detectType(head)
  return type && { type, ...measurePicture(head, type) }
}

describe('the type of a file', () => {
  const encoders: [PictureType, () => Promise<Buffer>][] = [
    ['jpeg', () => picture(60, 40).jpeg().toBuffer()],
    ['jpeg', () => picture(60, 40).jpeg({ progressive: true }).toBuffer()],
    ['png', () => picture(60, 40).png().toBuffer()],
    ['gif', () => picture(60, 40).gif().toBuffer()],
    ['webp', () => picture(60, 40).webp().toBuffer()],
    ['webp', () => picture(60, 40).webp({ lossless: true }).toBuffer()],
    ['webp', () => picture(60, 40).withMetadata({ density: 300 }).webp().toBuffer()],
    ['avif', () => picture(60, 40).avif({ effort: 0 }).toBuffer()],
  ]
  it.each(encoders)('is detected for a %s by its first bytes, with its size', async (type, encode) => {
    expect(measured(await encode())).toEqual({ type, width: 60, height: 40, frames: 1 })
  })

  it('is detected for an AVIF sequence, whose first picture stands alone', () => {
    expect(measured(avifSequence)).toEqual({ type: 'avif', width: 64, height: 48, frames: 1 })
  })

  it('is detected after EXIF, XMP and a profile', async () => {
    expect(measured(await tagged(60, 40, 6))).toEqual({ type: 'jpeg', width: 60, height: 40, frames: 1 })
  })

  it.each(['gif', 'webp'] as const)('is detected for an animated %s, with its frames', async (type) => {
    const file = await animation(12)[type]({ loop: 0 }).toBuffer()
    expect(measured(file)).toEqual({ type, width: 8, height: 8, frames: 12 })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('holiday.jpg')],
    ['an SVG', svg],
    ['a PDF', Buffer.from('%PDF-1.7\n')],
    ['a HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['a video', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1')],
    ['an AVIF sequence of which no picture stands alone', Buffer.from('\0\0\0\x18ftypavis\0\0\0\0avismsf1', 'latin1')],
    ['a RIFF of another kind', Buffer.from('RIFF\0\0\0\0WAVEfmt ')],
  ])('is not a picture if it is %s', (_, file) => {
    expect(measured(file)).toBeUndefined()
  })

  it('is not a picture if it is a TIFF', async () => {
    expect(measured(await picture(10, 10).tiff().toBuffer())).toBeUndefined()
  })

  it('has no size if the header states none', () => {
    expect(measured(Buffer.from('ffd8ffe00010', 'hex'))).toEqual({ type: 'jpeg' })
    expect(measured(hugePng(0, 10))).toEqual({ type: 'png' })
  })
})

describe('the limits of a picture', () => {
  const limits = { maxPixels: 50_000_000, maxFrames: 100 }
  const excess = (file: Buffer) => {
    const { width, height, frames } = measured(file) as never
    return excessOf({ width, height, frames }, limits)
  }

  it('refuse 268 megapixels in 33 KB', () => {
    const file = hugePng(16_383, 16_383)
    expect(file.length).toBeLessThan(40_000)
    expect(excess(file)).toBe('TOO_MANY_PIXELS')
  })

  it('refuse 5,000 frames of one pixel', () => {
    expect(excess(manyFramesGif(5_000))).toBe('TOO_MANY_FRAMES')
  })

  it('count the pixels of all frames', () => {
    expect(excessOf({ width: 1_000, height: 1_000, frames: 50 }, limits)).toBeUndefined()
    expect(excessOf({ width: 1_000, height: 1_000, frames: 51 }, limits)).toBe('TOO_MANY_PIXELS')
  })
})

describe('any bytes at all', () => {
  const beginnings: Record<PictureType, string> = {
    jpeg: 'ffd8ff',
    png: '89504e470d0a1a0a0000000d49484452',
    gif: '474946383961',
    webp: '524946460000000057454250',
    avif: '00000014667479706176696600000000617669660000',
  }
  const inner: Record<PictureType, string[]> = {
    jpeg: ['ffc0', 'ffda', 'ffff', 'ffe1ffff', 'ffd8'],
    png: ['00000000', 'ffffffff'],
    gif: ['2c', '21f9', '80', 'ff', '00'],
    webp: ['56503858', '5650384c', '56503820', '414e4d46', '02000000', 'ffffffff'],
    avif: ['000000206d657461', '69707270', '6970636f', '69737065', '00000000', '00000010', 'ffffffff'],
  }

  it.each(Object.keys(beginnings) as PictureType[])('after the start of a %s give a size or none, and never an error', (type) => {
    const piece = constantFrom(...inner[type]).map((hex) => Buffer.from(hex, 'hex'))
    const parts = array(constantFrom(0, 1).chain((which) => (which === 0 ? piece : uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)))))
    const prove = (rest: Buffer[]) => {
      const file = Buffer.concat([Buffer.from(beginnings[type], 'hex'), ...rest])
      const found = measured(file)
      if (found?.width === undefined) return
      expect(Object.values(found).every((value) => typeof value === 'string' || (Number.isInteger(value) && value > 0))).toBe(true)
    }
    assert(property(parts, prove), { numRuns: 2_000 })
  })

  it('are measured in one pass, whatever they contain', () => {
    const worst = [
      Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(headBytes, 'ff')]),
      Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.alloc(headBytes, Buffer.from('ffe00000', 'hex'))]),
      Buffer.concat([Buffer.from('47494638396101000100000000', 'hex'), Buffer.alloc(headBytes, Buffer.from('2100', 'hex'))]),
      Buffer.concat([Buffer.from('RIFF....WEBPVP8X'), Buffer.alloc(14, 2), Buffer.alloc(headBytes)]),
    ]
    const startedMs = performance.now()
    for (const file of worst) measured(file)
    expect(performance.now() - startedMs).toBeLessThan(500)
  })
})

import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { animation, hugePng, manyFramesGif, picture, secret, svg, tagged } from '../../test/pictures.js'
import { avifSequence } from '../../test/avif-sequence.js'
import { apng, avifBranded, gifWithFrames } from '../../test/odd-pictures.js'
import type { RenderedFile, Renderer } from './renderer.js'

/** The promises of every renderer. */
export function describeRenderer(name: string, renderer: () => Renderer): void {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'renderer-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const render = async (file: Buffer) => {
    const source = join(folder, 'source')
    await writeFile(source, file)
    return renderer().render(source, async ({ files, ...rest }) => ({ ...rest, files: await Promise.all(files.map(withBytes)) }))
  }
  const sizes = (files: { width: number; height: number }[]) => files.map(({ width, height }) => `${width}x${height}`)

  describe(`${name}: the renditions`, () => {
    it('have three sizes in three formats, with their hashes', async () => {
      const { files, width, height } = await render(await picture(3_200, 2_400).jpeg().toBuffer())
      expect([width, height]).toEqual([3_200, 2_400])
      expect(files.map((file) => `${file.name} ${file.type}`)).toEqual(['webp-1600 image/webp', 'avif-800 image/avif', 'jpeg-400 image/jpeg'])
      expect(sizes(files)).toEqual(['1600x1200', '800x600', '400x300'])
      for (const { bytes, hash, sizeBytes } of files) {
        expect(hash).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 16))
        expect(sizeBytes).toBe(bytes.length)
      }
    })

    it('decode to the size and format that they claim', async () => {
      const { files } = await render(await picture(900, 600).png().toBuffer())
      const decoded = await Promise.all(files.map(({ bytes }) => sharp(bytes).metadata()))
      expect(decoded.map(({ format }) => format)).toEqual(['webp', 'heif', 'jpeg'])
      expect(sizes(decoded)).toEqual(['900x600', '800x533', '400x267'])
    })

    it('are never larger than the original', async () => {
      const { files } = await render(await picture(30, 20).png().toBuffer())
      expect(sizes(files)).toEqual(['30x20', '30x20', '30x20'])
    })

    it('of a strip are as high as four times their width', async () => {
      const { files } = await render(await picture(20, 20_000).png().toBuffer())
      expect(sizes(files)).toEqual(['6x6400', '3x3200', '2x1600'])
    })

    it('are the same bytes for the same picture', async () => {
      const file = await tagged(800, 600, 6)
      const [first, second] = [await render(file), await render(file)]
      expect(second).toEqual(first)
    })

    it.each(['gif', 'webp'] as const)('show the first frame of a moving %s', async (type) => {
      const { files, height } = await render(await animation(12, 40)[type]({ loop: 0 }).toBuffer())
      expect(height).toBe(40)
      expect(await Promise.all(files.map(async ({ bytes }) => (await sharp(bytes).metadata()).pages ?? 1))).toEqual([1, 1, 1])
    })

    it('of a transparent picture are transparent, white as JPEG', async () => {
      const clear = sharp({ create: { width: 50, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      const { files } = await render(await clear.png().toBuffer())
      expect((await sharp(files[0]!.bytes).stats()).isOpaque).toBe(false)
      expect((await sharp(files[2]!.bytes).stats()).channels.map(({ mean }) => mean)).toEqual([255, 255, 255])
    })

    it.each(['avif', 'webp', 'gif', 'png', 'jpeg'] as const)('are made of %s', async (type) => {
      const { files } = await render(await picture(64, 48)[type]().toBuffer())
      expect(sizes(files)).toEqual(['64x48', '64x48', '64x48'])
    })

    it('of grey and CMYK pictures have screen colours', async () => {
      for (const space of ['b-w', 'cmyk']) {
        const { files } = await render(await picture(64, 48).toColourspace(space).jpeg().toBuffer())
        expect((await sharp(files[0]!.bytes).metadata()).space).toBe('srgb')
      }
    })

    it('come with a thumbhash of some 25 bytes', async () => {
      const { thumbhash } = await render(await picture(500, 300).jpeg().toBuffer())
      expect(Buffer.from(thumbhash, 'base64').length).toBeGreaterThan(10)
      expect(Buffer.from(thumbhash, 'base64').length).toBeLessThan(30)
    })
  })

  describe(`${name}: odd files that browsers show`, () => {
    const jpeg = (options = {}) => picture(300, 200).jpeg(options).toBuffer()
    it.each([
      ['a JPEG without its end marker', async () => (await jpeg()).subarray(0, -2), '300x200'],
      ['a JPEG with half of its end marker', async () => (await jpeg()).subarray(0, -1), '300x200'],
      ['a progressive JPEG without its end marker', async () => (await jpeg({ progressive: true })).subarray(0, -2), '300x200'],
      ['a JPEG with more behind its end', async () => Buffer.concat([await jpeg(), Buffer.from('more')]), '300x200'],
      ['an AVIF sequence', async () => avifSequence, '64x48'],
      ['an AVIF that is first of all another thing', () => avifBranded('miaf', 'avif'), '64x48'],
      ['an animated PNG of no frames', () => apng(0), '30x20'],
      ['a PNG with more behind its end', async () => Buffer.concat([await apng(1), Buffer.from('more')]), '30x20'],
      ['a GIF without its end', async () => gifWithFrames({ left: 0, top: 0, width: 10, height: 10 }).subarray(0, -1), '10x10'],
      ['a GIF whose first frame extends beyond the canvas', async () => gifWithFrames({ left: 5, top: 5, width: 10, height: 10 }), '10x10'],
      ['a GIF whose first frame is outside', async () => gifWithFrames({ left: 20, top: 20, width: 1, height: 1 }), '10x10'],
      [
        'a GIF whose second frame is far outside',
        async () => gifWithFrames({ left: 0, top: 0, width: 10, height: 10 }, { left: 60_000, top: 60_000, width: 2, height: 2 }),
        '10x10',
      ],
    ] as [string, () => Promise<Buffer>, string][])('%s becomes renditions of what is seen', async (_, make, size) => {
      const { files, width, height } = await render(await make())
      expect([`${width}x${height}`, ...sizes(files)]).toEqual([size, size, size, size])
    })
  })

  describe(`${name}: what a camera wrote into the file`, () => {
    it('is in no rendition', async () => {
      const file = await tagged(400, 300, 1)
      expect(file.includes(secret)).toBe(true)
      for (const { bytes } of (await render(file)).files) {
        const { exif, xmp, iptc, icc, orientation, comments } = await sharp(bytes).metadata()
        expect({ exif, xmp, iptc, icc, orientation: orientation ?? 1, comments }).toEqual({ orientation: 1 })
        expect(bytes.includes('Canary')).toBe(false)
      }
    })

    it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns the picture upright: orientation %i', async (orientation) => {
      const file = await tagged(300, 200, orientation)
      const upright = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true })
      const rendered = await render(file)
      expect(sizes([rendered])).toEqual(sizes([upright.info]))
      const shown = await sharp(rendered.files[0]!.bytes).raw().toBuffer()
      expect(meanDifference(shown, upright.data)).toBeLessThan(8)
    })
  })

  describe(`${name}: a bad file`, () => {
    const whole = () => picture(600, 400)
    const bad: [string, string, () => Promise<Buffer>][] = [
      ['a JPEG cut in half', 'CORRUPT_IMAGE', async () => half(await whole().jpeg().toBuffer())],
      ['a PNG cut in half', 'CORRUPT_IMAGE', async () => half(await whole().png().toBuffer())],
      ['a WebP cut in half', 'CORRUPT_IMAGE', async () => half(await whole().webp().toBuffer())],
      ['an AVIF cut in half', 'CORRUPT_IMAGE', async () => half(await whole().avif({ effort: 0 }).toBuffer())],
      ['an empty file', 'CORRUPT_IMAGE', async () => Buffer.alloc(0)],
      ['a text', 'CORRUPT_IMAGE', async () => Buffer.from('holiday.jpg')],
      ['a JPEG of a header only', 'CORRUPT_IMAGE', async () => (await whole().jpeg().toBuffer()).subarray(0, 200)],
      ['an SVG', 'CORRUPT_IMAGE', async () => svg],
      ['a TIFF', 'CORRUPT_IMAGE', () => whole().tiff().toBuffer()],
      ['268 megapixels in 33 KB', 'TOO_MANY_PIXELS', async () => hugePng(16_383, 16_383)],
      ['5,000 frames', 'TOO_MANY_FRAMES', async () => manyFramesGif(5_000)],
    ]
    it.each(bad)('is refused with a reason: %s, %s', async (_, reason, make) => {
      await expect(render(await make())).rejects.toMatchObject({ name: 'BadPicture', reason })
    })

    it('does not spoil the next one', async () => {
      await expect(render(Buffer.from('bad'))).rejects.toThrow('CORRUPT_IMAGE')
      expect((await render(await whole().jpeg().toBuffer())).width).toBe(600)
    })
  })
}

const withBytes = async ({ path, ...file }: RenderedFile) => ({ ...file, bytes: await readFile(path) })
const half = (file: Buffer): Buffer => file.subarray(0, file.length / 2)

function meanDifference(one: Buffer, other: Buffer): number {
  expect(one.length).toBe(other.length)
  return one.reduce((sum, value, index) => sum + Math.abs(value - other[index]!), 0) / one.length
}

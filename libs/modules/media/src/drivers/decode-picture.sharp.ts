import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp'
import { excessOf, type PictureLimits } from '../picture-size.js'
import { type Mended, mendPicture } from './mend-picture.js'
import { BadPicture } from './renderer.js'

/** Pixels in memory, upright, no wider than the largest rendition: what all renditions are made of. */
export interface Decoded {
  /** Of the upright original. */
  width: number
  height: number
  pixels: () => Sharp
}

/** Width of the largest rendition, px. */
const workWidth = 1_600
/** No picture gets higher than this times its width allowed: a strip of 1 × 40,000 px would break what encoders can. */
export const maxHeightPerWidth = 4

/** Loaders that may read a file. All others are blocked: SVG, PDF, TIFF, video, and libvips' own formats have cost CPU, memory, or other files. */
const loaders = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif', 'VipsForeignLoadHeif']

/** Before the first picture. One thread and no cache: every picture is seen once. */
export function restrictSharp(): void {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders })
}

/**
 * Decodes once and small: JPEGs shrink while they load, and the picture is turned after it has become small, because turning wants all pixels
 * at once (a 16 bit PNG of 50 megapixels would take 400 MB). Throws `BadPicture` for whatever the decoder refuses.
 */
export async function decodePicture(source: string, limits: PictureLimits): Promise<Decoded> {
  const mended = await mendPicture(source)
  // The header alone, whatever size it tells: the limits below have a name for what is too much.
  const metadata = await corruptUnless(sharp(mended.input, { limitInputPixels: false }).metadata())
  const excess = excessOf({ width: metadata.width, height: metadata.height, frames: metadata.pages ?? 1 }, limits)
  if (excess !== undefined) throw new BadPicture(excess)
  const failOn = mended.strict ? 'warning' : 'error'
  const picture = sharp(mended.input, { limitInputPixels: limits.maxPixels, failOn, sequentialRead: true })
  const turned = (metadata.orientation ?? 1) >= 5
  const shown = screenOf(mended, metadata)
  if (shown !== undefined) picture.extract({ left: 0, top: 0, ...shown })
  const small = await corruptUnless(shrunk(picture, turned).raw().toBuffer({ resolveWithObject: true }))
  const { width, height } = turned ? { width: metadata.height, height: metadata.width } : (shown ?? metadata)
  return { width, height, ...(await upright(small, metadata)) }
}

/** Where less is shown than was decoded; a screen of no size is none. */
function screenOf({ screen }: Mended, { width, height }: Metadata): Mended['screen'] {
  if (screen === undefined || screen.width === 0 || screen.height === 0) return undefined
  return screen.width < width || screen.height < height
    ? { width: Math.min(screen.width, width), height: Math.min(screen.height, height) }
    : undefined
}

const corruptUnless = <T>(decoding: Promise<T>): Promise<T> =>
  decoding.catch(() => {
    throw new BadPicture('CORRUPT_IMAGE')
  })

function shrunk(picture: Sharp, turned: boolean): Sharp {
  const box = { width: workWidth, height: workWidth * maxHeightPerWidth }
  const { width, height } = turned ? { width: box.height, height: box.width } : box
  return picture.resize({ width, height, fit: 'inside', withoutEnlargement: true })
}

interface Raw {
  data: Buffer
  info: OutputInfo
}

async function upright(small: Raw, { orientation = 1 }: Metadata): Promise<Pick<Decoded, 'pixels'>> {
  if (orientation === 1) return { pixels: () => fromRaw(small) }
  const [angle, mirrored] = turns[orientation] ?? [0, false]
  const turned = await fromRaw(small).rotate(angle).raw().toBuffer({ resolveWithObject: true })
  if (!mirrored) return { pixels: () => fromRaw(turned) }
  const right = await fromRaw(turned).flop().raw().toBuffer({ resolveWithObject: true })
  return { pixels: () => fromRaw(right) }
}

/** EXIF orientation: degrees clockwise, then mirrored left to right or not. */
const turns: Record<number, [angle: number, mirrored: boolean]> = {
  2: [0, true],
  3: [180, false],
  4: [180, true],
  5: [90, true],
  6: [90, false],
  7: [270, true],
  8: [270, false],
}

const fromRaw = ({ data, info }: Raw): Sharp => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })

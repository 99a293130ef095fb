import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp'
import { excessOf, type PictureLimits } from '../picture-size.js'
import { type RepairedPicture, repairPicture } from './repair-picture.js'
import { BadPicture } from './renderer.js'

/** Pixels in memory, upright, no wider than the largest rendition: the source of all renditions. */
export interface Decoded {
  /** Of the upright original. */
  width: number
  height: number
  pixels: () => Sharp
}

/** Width of the largest rendition, in pixels. */
const workWidth = 1_600
/** The maximum height of a rendition, as a multiple of its maximum width: a strip of 1 × 40,000 px would exceed the limits of encoders. */
export const maxHeightPerWidth = 4

/** Loaders that may read a file. All others are blocked: SVG, PDF, TIFF, video and libvips' own formats have been abused for CPU, memory or other files. */
const loaders = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif', 'VipsForeignLoadHeif']

/** Before the first picture. One thread and no cache, because every picture is decoded only once. */
export function restrictSharp(): void {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders })
}

/**
 * Decodes once and at a small size: JPEGs shrink while they load, and the picture is rotated after shrinking, because rotation needs all pixels
 * at once (a 16-bit PNG of 50 megapixels would take 400 MB). Throws `BadPicture` for anything that the decoder refuses.
 */
export async function decodePicture(source: string, limits: PictureLimits): Promise<Decoded> {
  const repaired = await repairPicture(source)
  // Only the header, whatever size it states: exceeding the limits below gets its own reason.
  const metadata = await corruptUnless(sharp(repaired.input, { limitInputPixels: false }).metadata())
  const excess = excessOf({ width: metadata.width, height: metadata.height, frames: metadata.pages ?? 1 }, limits)
  if (excess !== undefined) throw new BadPicture(excess)
  const failOn = repaired.strict ? 'warning' : 'error'
  const picture = sharp(repaired.input, { limitInputPixels: limits.maxPixels, failOn, sequentialRead: true })
  const turned = (metadata.orientation ?? 1) >= 5
  const shown = screenOf(repaired, metadata)
  if (shown !== undefined) picture.extract({ left: 0, top: 0, ...shown })
  const small = await corruptUnless(shrunk(picture, turned).raw().toBuffer({ resolveWithObject: true }))
  const { width, height } = turned ? { width: metadata.height, height: metadata.width } : (shown ?? metadata)
  return { width, height, ...(await upright(small, metadata)) }
}

/** If less is shown than was decoded; a screen without a size is ignored. */
function screenOf({ screen }: RepairedPicture, { width, height }: Metadata): RepairedPicture['screen'] {
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

/** EXIF orientation: degrees clockwise, then whether to mirror left to right. */
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

export type PictureType = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif'

/** The type of a file by its first bytes. Names and declared types are ignored: a client may write anything there. */
export function detectType(head: Buffer): PictureType | undefined {
  if (begins(head, 0, 'ffd8ff')) return 'jpeg'
  if (begins(head, 0, '89504e470d0a1a0a')) return 'png'
  if (/^GIF8[79]a/.test(latin(head, 0, 6))) return 'gif'
  if (latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === 'WEBP') return 'webp'
  return isAvif(head) ? 'avif' : undefined
}

/** The same container is used by HEIC, which we cannot decode, and by video: the brands in its first box decide. A sequence is accepted if its first picture can be read alone. */
function isAvif(head: Buffer): boolean {
  if (latin(head, 4, 8) !== 'ftyp') return false
  const brands: string[] = latin(head, 8, Math.min(head.readUInt32BE(0), 256)).match(/.{4}/gs) ?? []
  return brands.includes('avif')
}

const latin = (head: Buffer, start: number, end: number): string => head.toString('latin1', start, end)
const begins = (head: Buffer, start: number, hex: string): boolean => head.toString('hex', start, start + hex.length / 2) === hex

import { Media, Rendition } from '@kilomega/contracts'
import { z } from 'zod'

/** The other fields of an upload, besides the file. */
export const UploadFields = z.object({ alt: z.string().max(1_000).optional() })

const HttpRendition = Rendition.omit({ hash: true }).extend({ url: z.string() }).meta({ title: 'Rendition' })

/** A picture as callers see it: renditions have URLs, and owner and hashes are left out. */
export const HttpMedia = Media.omit({ ownerId: true, public: true, renditions: true })
  .extend({ renditions: z.array(HttpRendition) })
  .meta({ title: 'Media' })

/** The hash in a URL guarantees that its bytes never change. */
export function httpMedia({ ownerId: _, public: __, renditions, ...media }: Media): z.output<typeof HttpMedia> {
  const urlOf = (name: string, hash: string) => `/v1/media/${media.id}/${name}?v=${hash}`
  return { ...media, renditions: renditions.map(({ hash, ...rendition }) => ({ ...rendition, url: urlOf(rendition.name, hash) })) }
}

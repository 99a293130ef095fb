import { Media, Rendition } from '@kilomega/contracts'
import { z } from 'zod'

/** What stands beside the file in an upload. */
export const UploadFields = z.object({ alt: z.string().max(1_000).optional() })

const HttpRendition = Rendition.omit({ hash: true }).extend({ url: z.string() }).meta({ title: 'Rendition' })

/** A picture as callers see it: renditions by URL, and neither owner nor hashes. */
export const HttpMedia = Media.omit({ ownerId: true, public: true, renditions: true })
  .extend({ renditions: z.array(HttpRendition) })
  .meta({ title: 'Media' })

/** The hash in a URL makes its bytes immutable. */
export function httpMedia({ ownerId: _, public: __, renditions, ...media }: Media): z.output<typeof HttpMedia> {
  const urlOf = (name: string, hash: string) => `/v1/media/${media.id}/${name}?v=${hash}`
  return { ...media, renditions: renditions.map(({ hash, ...rendition }) => ({ ...rendition, url: urlOf(rendition.name, hash) })) }
}

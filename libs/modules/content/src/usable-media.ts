import { contentErrors, type MediaPort } from '@kilomega/contracts'
import { AppError } from '@kilomega/ports'

/** Refuses pictures that do not belong to the author. The media port is called as the caller, so it shows nothing that the caller may not see. */
export async function requireOwnMedia(media: MediaPort, ids: readonly string[], authorId: string): Promise<void> {
  const owners = await Promise.all(ids.map((id) => ownerOf(media, id)))
  const refused = ids.filter((_, index) => owners[index] !== authorId)
  if (refused.length > 0) throw contentErrors.MEDIA_NOT_USABLE({ mediaIds: refused })
}

async function ownerOf(media: MediaPort, id: string): Promise<string | undefined> {
  try {
    return (await media.get({ id })).ownerId
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return undefined
    throw error
  }
}

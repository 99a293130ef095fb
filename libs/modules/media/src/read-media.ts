import type { Media as MediaView } from '@kilomega/contracts'
import { currentCall } from '@kilomega/ports'
import type { FindOptionsWhere, Repository } from 'typeorm'
import type { Media } from './tables/media.entity.js'

/** Media that the caller may not see do not exist for them. */
export async function visibleMedia(repository: Repository<Media>, where: FindOptionsWhere<Media>): Promise<MediaView | undefined> {
  const media = await repository.findOneBy(where)
  return media !== null && (media.public || isOwn(media)) ? viewOf(media) : undefined
}

const viewOf = ({ uploadKey: _, rendererDeaths: __, queuedAt: ___, reason, ...view }: Media): MediaView =>
  reason === null ? view : { ...view, reason }

function isOwn({ ownerId }: Media): boolean {
  const { actor } = currentCall()
  return actor.kind === 'system' || (actor.kind === 'user' && actor.id === ownerId)
}
